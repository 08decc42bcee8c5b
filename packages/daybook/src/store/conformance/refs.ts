// Placeholder
import type { Suite } from './suite.ts'
export function refs(_suite: Suite): void {}
