// Placeholder
import type { Suite } from './suite.ts'
export function feed(_suite: Suite): void {}
