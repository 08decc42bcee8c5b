// Placeholder
import type { Suite } from './suite.ts'
export function blobs(_suite: Suite): void {}
