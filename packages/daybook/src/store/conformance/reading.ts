// Placeholder
import type { Suite } from './suite.ts'
export function reading(_suite: Suite): void {}
