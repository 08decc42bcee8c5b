// Examples of processes that live on; a test holds each against its shape.

import type {
  ClosedProcessShape,
  OpenedProcessShape,
  ProcessScreenShape,
  ProcessStateShape,
} from '../schema/wire-processes.ts'
import type { RunStateShape } from '../schema/wire-runs.ts'
import * as runs from './run-examples.ts'

const session_id = 'ses_01KAFJ2Q6V9D3M5N7P8R0S1T2V'
const process_id = 'prc_01KAFJ3A7W0E4N6P8R9S1T2V3X'

export const state = {
  session_id,
  process: {
    process_id,
    program: 'bash',
    driver: 'pty',
    pid: 48_216,
    host: 'anna-laptop',
    args: ['--rcfile', '/home/anna/.local/state/daybook/bashrc', '-i'],
    workdir: '/home/anna/app',
    resumed: false,
    status: 'running',
    started_at: '2026-03-02T08:44:00.000Z',
    exited_at: null,
    bytes: 1802,
    seq: 12,
  },
  alive: true,
  now: { offset: 1802, kept: 0, printed_at: '2026-03-02T08:44:02.000Z', attached: 1, cols: 120, rows: 40, title: '' },
  at_work: { active: false, by: 'prompt', at: '2026-03-02T08:44:02.000Z' },
} satisfies ProcessStateShape

const { skill: _skill, ...run } = runs.run
export const opening: RunStateShape = { ...run, agent: 'bash', status: 'running' }
export const opened = {
  process: state,
  run: { ...run, agent: 'bash', input: { open: true, driver: 'pty' }, output: { text: '', process_id } },
} satisfies OpenedProcessShape

export const screen = {
  format: 'text',
  screen: '$ ls\nREADME.md\n$',
  cols: 120,
  rows: 40,
  offset: 1802,
  title: '',
  cursor_hidden: false,
} satisfies ProcessScreenShape

export const closed = {
  session_id,
  process_id,
  by: 'SIGHUP',
  exit_code: null,
  signal: 'SIGHUP',
} satisfies ClosedProcessShape
export const cleaned = { closed: [closed] }
