// Placeholder
import type { Suite } from './suite.ts'
export function keys(_suite: Suite): void {}
