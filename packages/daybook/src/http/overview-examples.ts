// Examples of what is looked at from afar, for the OpenAPI document and the reference page; a test checks each against its shape.

import type { BlobLinesShape, ComparisonShape, OutlineShape, ServerStatusShape } from '../schema/wire-overview.ts'
import { blob, session, sessionList } from './examples.ts'

const at = '2026-03-02T08:44:00.000Z'
const [listed] = sessionList.sessions

export const outline: OutlineShape = {
  session_id: session.session_id,
  items: [
    {
      type: 'edit',
      seq: 5,
      at,
      by: 'run:codex',
      text: 'src/auth/token.ts',
      files: [{ path: 'src/auth/token.ts', operation: 'update', added: 12, removed: 3 }],
    },
    { type: 'turn', seq: 2, at, by: 'local', text: 'Hello, how are you?' },
  ],
  cursor: null,
}

const side = {
  session: listed as NonNullable<typeof listed>,
  turns: 1,
  messages: 4,
  runs: 1,
  failed: 0,
  tokens: 908,
  cost: 0.02,
  files: [{ path: 'src/auth/token.ts', operation: 'update' as const, added: 12, removed: 3, seq: 5 }],
  file_count: 1,
  tests: [{ command: 'npm test', passed: true, seq: 6 }],
}
export const comparison: ComparisonShape = { common: { seq: 3, at, hash: blob.blob }, sides: [side, side] }

export const blobLines: BlobLinesShape = {
  blob: blob.blob,
  size: 1_204_113,
  line_count: 41_203,
  first: 41_202,
  lines: ['Tests  1 failed, 311 passed', 'Time   14.02 s'],
  cut: [],
}

export const status: ServerStatusShape = {
  version: '0.1.0',
  node: '26.10.0',
  started_at: at,
  store: {
    name: 'sqlite',
    durable: 'power',
    shared: 'host',
    location: 'sqlite:/home/anna/app/data/daybook.db',
    format: 9,
    sessions: 503,
    entries: 81_204,
    blobs: 12,
    bytes: 61_203_456,
    blob_bytes: 1_204_113,
  },
  streams: 1,
  runs: { active: 2, waiting: 0 },
  search_lag_ms: 0,
  peers: [],
  agents: [{ name: 'codex', description: 'OpenAI Codex' }],
  left: [{ agent: 'gemini', title: 'Gemini CLI', files: 12, bytes: 4_018_223, newest: at, due: 0 }],
  findings: [{ part: 'install', state: 'ok', detail: 'daybook 0.1.0, node 26.10.0 (/usr/bin/node)' }],
}
