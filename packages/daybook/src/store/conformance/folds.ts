// Placeholder
import type { Suite } from './suite.ts'
export function folds(_suite: Suite): void {}
