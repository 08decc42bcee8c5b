// What golden files are asked for.

import type { Asked } from './everything.ts'

export const day = 24 * 60 * 60 * 1000

export const asked: Asked = {
  keys: ['k1', 'k2', 'k3', 'k4', 'unknown'],
  refs: [
    { type: 'run', value: 'run_1' },
    { type: 'foreign.codex', value: 'f1' },
  ],
  subjects: ['user:anna', 'user:bob'],
}
