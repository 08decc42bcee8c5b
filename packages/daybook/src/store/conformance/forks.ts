// Placeholder
import type { Suite } from './suite.ts'
export function forks(_suite: Suite): void {}
