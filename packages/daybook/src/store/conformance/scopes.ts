// Placeholder
import type { Suite } from './suite.ts'
export function scopes(_suite: Suite): void {}
