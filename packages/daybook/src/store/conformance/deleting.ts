// Placeholder
import type { Suite } from './suite.ts'
export function deleting(_suite: Suite): void {}
