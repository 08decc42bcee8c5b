// Examples that the OpenAPI document and the reference page show; a test checks each against its shape.

import type { EntryShape, SessionShape, SummaryShape } from '../schema/wire-shapes.ts'

const at = '2026-03-02T08:44:00.000Z'
const later = '2026-03-02T08:45:00.000Z'
const hash = 'k1bHpGpVw9S8vVZ0m1xk4Jq2i0p3n5s7t9u1w3y5A7c'

export const session = {
  session_id: 'session_1772441100000',
  tail: '0000',
  name: null,
  title: 'Hello, how are you?',
  place: 'open',
  status: 'idle',
  last: { text: "I'm doing great! How can I help you?", at: later, by: 'assistant' },
  owner: 'local',
  agent_id: null,
  user_id: null,
  team_id: null,
  workflow_id: null,
  branch: null,
  repository: null,
  metadata: {},
  state: { topic: 'greetings' },
  agent_data: {},
  current_agent: 'coder',
  message_count: 3,
  run_count: 0,
  switch_count: 1,
  total_tokens: 0,
  cost: 0,
  seq: 5,
  last_activity: later,
  created_at: at,
  updated_at: later,
} as const satisfies SessionShape

const { metadata: _metadata, state: _state, agent_data: _agentData, ...listed } = session
export const sessionList = { sessions: [listed], total: 1, total_is: 'exact', cursor: null }

export const message = { role: 'user', content: 'Hello, how are you?' }

export const entry = {
  seq: 2,
  kind: 'message',
  v: 1,
  at,
  actor: 'local',
  data: message,
  data_hash: hash,
  hash,
} as const satisfies EntryShape

export const receipt = { first: 2, last: 2, entries: [entry] }
export const entryList = { entries: [entry], cursor: null }
export const handoff = {
  ...entry,
  seq: 4,
  kind: 'handoff',
  data: { from: 'orchestrator', to: 'coder', reason: 'User requested coding task' },
} as const satisfies EntryShape

const agentHistory = [{ from: 'orchestrator', to: 'coder', reason: 'User requested coding task', timestamp: at }]

export const history = {
  session_id: session.session_id,
  messages: [
    { role: 'user', content: 'Hello, how are you?', seq: 2, at },
    { role: 'assistant', content: "I'm doing great! How can I help you?", seq: 5, at: later },
  ],
  message_count: 2,
  last_activity: later,
  current_agent: 'coder',
  agent_history: agentHistory,
  context: { topic: 'greetings' },
}

export const currentAgent = {
  session_id: session.session_id,
  current_agent: 'coder',
  agent_history: agentHistory,
  switch_count: 1,
}
export const agents = { ...currentAgent, context_metadata: {}, created_at: at, last_switch_at: at }

const run = {
  run_id: 'run_01KZ3M1YQ8F5V7W9X2B4C6D8EF',
  session_id: session.session_id,
  status: 'done',
  agent: 'coder',
  output: 'All tests pass.',
  usage: { input_tokens: 812, output_tokens: 96, total_tokens: 908 },
  queued_at: at,
  started_at: at,
  finished_at: later,
  duration_ms: 60_000,
  steps: [],
  seq: 6,
}
export const runs = { session_id: session.session_id, runs: [run] }
export const files = {
  session_id: session.session_id,
  files: [{ path: 'src/auth/token.ts', operation: 'update', added: 12, removed: 3, seq: 5, at: later }],
  pinned: ['src/auth/token.ts'],
}
export const processes = {
  session_id: session.session_id,
  processes: [
    {
      process_id: 'prc_01KAFJ2Q6V9D3M5N7P8R0S1T2V',
      program: 'codex',
      driver: 'headless',
      pid: 4242,
      host: 'laptop',
      args: ['exec', '--json', '--', '{prompt}'],
      workdir: '/home/anna/app',
      resumed: false,
      status: 'exited',
      exit_code: 0,
      started_at: later,
      exited_at: later,
      bytes: 2048,
      seq: 4,
    },
  ],
}

export const notes = {
  session_id: session.session_id,
  notes: [{ type: 'decision', text: 'Tokens live for an hour.', by: 'local', at: later, seq: 7 }],
}
const tally = { runs: 1, tokens: 908, cost: 0 }
export const metrics = {
  session_id: session.session_id,
  total_runs: 1,
  total_tokens: 908,
  cost: 0,
  avg_response_time_ms: 60_000,
  p95_response_time_ms: 60_000,
  success_rate: 1,
  by_agent: { coder: tally },
  by_model: {},
}
export const summary = {
  content: 'A greeting; the coder took over.',
  covers_seq: 5,
  model: null,
  run_count: 0,
  total_tokens: 0,
  created_at: later,
} satisfies SummaryShape

export const marks = {
  session_id: session.session_id,
  version: 1,
  seen: 5,
  draft: null,
  attachments: [],
  pinned: true,
  pinned_at: later,
}
export const presence = { session_id: session.session_id, actor: 'local', client: '3f9c', seq: 5, name: 'Anna' }
export const feed = { items: [{ cursor: '7', session_id: session.session_id, entry, session: listed }], cursor: '7' }
export const blob = { blob: hash, size: 1024 }
