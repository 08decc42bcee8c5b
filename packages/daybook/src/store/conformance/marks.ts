// Placeholder
import type { Suite } from './suite.ts'
export function marks(_suite: Suite): void {}
