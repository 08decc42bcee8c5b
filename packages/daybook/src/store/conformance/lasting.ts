// Placeholder
import type { Suite } from './suite.ts'
export function lasting(_suite: Suite): void {}
