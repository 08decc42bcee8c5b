// Examples of runs, skills, agents and metrics for the OpenAPI document and the reference page; a test checks each.

import type {
  AgentListShape,
  AttentionListShape,
  QueueShape,
  RouteShape,
  RunAnswerShape,
  RunMetricsShape,
  RunReceiptShape,
  RunStateShape,
  SkillListShape,
} from '../schema/wire-runs.ts'

const session_id = 'session_1772441100000'
const run_id = 'run_01KZ3M1YQ8F5V7W9X2B4C6D8EF'
const approval_id = 'apr_01KZ3M1YQ8F5V7W9X2B4C6D8EG'
const at = '2026-03-02T08:44:00.000Z'
const later = '2026-03-02T08:44:00.250Z'
const hash = 'k1bHpGpVw9S8vVZ0m1xk4Jq2i0p3n5s7t9u1w3y5A7c'

export const newRun = { input: 'what is 2 + 3?', on_busy: 'queue', wait: true }

export const receipt = { run_id, session_id, seq: 6, position: 0, steered: false } satisfies RunReceiptShape

export const run = {
  run_id,
  session_id,
  status: 'done',
  agent: 'orchestrator',
  skill: 'calculate',
  version: hash,
  input: 'what is 2 + 3?',
  routing: { confidence: 0.92, alternatives: [] },
  output: '5',
  queued_at: at,
  started_at: at,
  finished_at: later,
  duration_ms: 250,
  steps: [
    {
      step_id: 'stp_01KZ3M1YQ8F5V7W9X2B4C6D8EH',
      name: 'calculate',
      status: 'done',
      attempt: 1,
      started_at: at,
      finished_at: later,
    },
  ],
  seq: 6,
  approvals: [],
  questions: [],
} satisfies RunStateShape

export const queue = {
  session_id,
  runs: [{ run_id, position: 1, input: 'and 3 + 4?', agent: 'orchestrator', queued_at: at, seq: 9 }],
} satisfies QueueShape

export const attention = {
  items: [
    {
      kind: 'approval',
      session_id,
      run_id,
      id: approval_id,
      summary: 'push: main',
      since: at,
      digest: hash,
      input: 'main',
      deciders: [],
      until: '2026-03-03T08:44:00.000Z',
    },
  ],
  cursor: null,
} satisfies AttentionListShape

export const answer = {
  session_id,
  run_id,
  status: 'done',
  output: '5',
  skill_id: 'calculate',
  confidence: 0.92,
  alternatives: [],
} satisfies RunAnswerShape

export const routed = {
  skill: 'calculate',
  confidence: 0.92,
  why: [{ word: '2 + 3', field: 'tags', term: 'arithmetic', match: 'synonym' }],
  alternatives: [],
} satisfies RouteShape

export const skills = {
  skills: [
    {
      skill_id: 'calculate',
      name: 'Calculate',
      description: 'Works out arithmetic exactly.',
      version: '1.0.0',
      hash,
      tags: ['arithmetic'],
      roles: [],
      risk: 'low',
      source: 'built-in',
      durable: false,
      idempotent: true,
      undoable: false,
      runnable: true,
      input: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
      output: null,
      instructions: null,
    },
  ],
  faults: [],
} satisfies SkillListShape

export const programList = {
  programs: [
    {
      name: 'bash',
      description: 'Bash, a shell: the prompt is a command line',
      drivers: ['headless'],
      prompt_timeout_ms: 1_800_000,
      idle_timeout_ms: 600_000,
    },
  ],
}
export const sessionGit = {
  session_id: 'ses_01KAFJ2Q6V9D3M5N7P8R0S1T2V',
  workdir: '/home/anna/app',
  state: {
    branch: 'fix-auth',
    busy: false,
    conflict: true,
    kinds: ['rebase'],
    more: true,
    files: [{ path: 'src/token.ts', code: 'UU' }],
  },
}
export const programHelp = { name: 'bc', help: 'usage: bc [options] [file ...]' }

export const agentList = {
  agents: [
    {
      name: 'orchestrator',
      kind: 'skills',
      description: 'Finds the skill that a text asks for, and says so when none fits.',
      usable: true,
      why: null,
      models: [],
      handoffs: [],
      source: null,
    },
    {
      name: 'coder',
      kind: 'model',
      description: 'Writes and changes code.',
      usable: false,
      why: 'No model is configured.',
      models: [],
      handoffs: ['architect', 'debug', 'ask', 'orchestrator'],
      source: 'built-in',
    },
  ],
  faults: [],
} satisfies AgentListShape

const figures = {
  runs: 4,
  done: 3,
  failed: 1,
  success_rate: 0.75,
  avg_response_time_ms: 250,
  p95_response_time_ms: 400,
  total_tokens: 48_200,
  cached_tokens: 12_000,
  written_tokens: 3_100,
  cost: 0.31,
}
export const runMetrics = {
  group: 'day',
  since: '2026-02-01T00:00:00.000Z',
  until: '2026-03-03T00:00:00.000Z',
  total: figures,
  groups: [{ key: '2026-03-02', ...figures }],
  group_count: 1,
} satisfies RunMetricsShape
