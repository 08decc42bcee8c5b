// Placeholder
import type { Suite } from './suite.ts'
export function lists(_suite: Suite): void {}
