// Placeholder
import type { Suite } from './suite.ts'
export function texts(_suite: Suite): void {}
