// Processes that live on, for the owner of their session with the key of the user: opened, typed into, interrupted and closed.

import { DaybookError, type ErrorCode, errorCodes } from '../../schema/errors.ts'
import {
  ClosedProcess,
  ClosedProcesses,
  type ClosedProcessShape,
  InterruptedProcess,
  NewProcess,
  OpenedProcess,
  type OpenedProcessShape,
  ProcessInput,
  ProcessInterrupt,
  ProcessSize,
  ProcessState,
  TypedInput,
} from '../../schema/wire-processes.ts'
import { NoBody } from '../../schema/wire-run-requests.ts'
import { RunState } from '../../schema/wire-runs.ts'
import type { RunState as State } from '../../work/contract.ts'
import type { EndedProcess } from '../../work/programs/watch.ts'
import { runStateOf } from '../../work/wire.ts'
import type { Call } from '../call.ts'
import * as examples from '../process-examples.ts'
import {
  alive,
  atHost,
  checkTyping,
  drivenSession,
  type Found,
  foundProcess,
  processErrors,
  processPath,
  runIn,
  stateOf,
  toldTyping,
} from '../processes.ts'
import { type Route, route } from '../route.ts'
import { settled } from '../runs.ts'
import { startErrors } from './runs.ts'

const typing = [...processErrors, 'busy'] as const satisfies ErrorCode[]

const open = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/processes',
    operation: 'openProcess',
    tag: 'runs',
    summary: 'Open a program that takes one prompt after the other, or that somebody types into',
    details:
      'A run like any other, behind those that stand before it; it is over as soon as the program takes a prompt, and its process ' +
      'lives on. One that lives already is the answer.',
    body: NewProcess,
    example: { program: 'bash', cols: 120, rows: 40 },
    answers: {
      201: { description: 'It takes prompts.', schema: OpenedProcess, example: examples.opened },
      202: { description: 'It does not yet; the run goes on.', schema: RunState, example: examples.opening },
    },
    errors: [...startErrors, ...typing],
    writes: true,
  },
  async (call) => {
    const { session_id } = call.params
    const { program, cols, rows, wait_ms } = call.body
    await drivenSession(call, session_id)
    const fields = { agent: program, input: { open: true, driver: 'pty' } } as const
    const receipt = await call.work.start(session_id, fields, call.key ? { key: call.key } : {})
    const run = await settled(call, receipt.run, wait_ms)
    const { replayed } = receipt
    if (run.status !== 'done') {
      if (run.status === 'failed' || run.status === 'cancelled') throw failure(run)
      return { status: 202, body: JSON.stringify(runStateOf(run)), replayed }
    }
    const { process_id } = run.output as { readonly process_id: string }
    const found = await foundProcess(call, { session_id, process_id })
    if (cols !== undefined || rows !== undefined) await resized(found, { cols, rows })
    const body: OpenedProcessShape = { process: await stateOf(found), run: runStateOf(run) }
    return { body: JSON.stringify(body), seq: (await found.session.head()).seq, replayed }
  },
)

function failure({ error, reason }: State): DaybookError {
  const code = errorCodes.find((known) => known === error?.code)
  return new DaybookError(code ?? 'invalid_state', error?.message ?? `the program was not opened: ${reason}`)
}

interface Size {
  readonly cols?: number | undefined
  readonly rows?: number | undefined
}

async function resized(found: Found, size: Size): Promise<void> {
  const { processes } = found.driven.live
  const now = size.cols === undefined || size.rows === undefined ? await processes.look(found.name) : null
  await processes.resize(found.name, size.cols ?? now?.cols ?? 0, size.rows ?? now?.rows ?? 0)
}

const input = route(
  {
    method: 'POST',
    path: `${processPath}/input`,
    operation: 'typeIntoProcess',
    tag: 'runs',
    summary: 'Type into a process',
    details:
      'Raw input, past the queue of prompts: a right of its own. Under one Idempotency-Key it is typed once as long as the process ' +
      'lives; the process host remembers the 4,096 keys that were used last.',
    body: ProcessInput,
    example: { text: 'ls\r' },
    answers: { 200: { description: 'It was sent.', schema: TypedInput, example: { offset: 1802 } } },
    errors: [...typing],
    writes: true,
  },
  async (call) => {
    const { text, keys } = call.body
    if ((text === undefined) === (keys === undefined)) {
      throw new DaybookError('invalid', 'exactly one of text and keys is needed', { field: 'text' })
    }
    const found = await foundProcess(call, call.params)
    checkTyping(found)
    await alive(found)
    const bytes = text === undefined ? Buffer.from(keys ?? '', 'base64') : Buffer.from(text)
    await toldTyping(found, bytes)
    const offset = await found.driven.live.processes.write(found.name, bytes, onceOf(call))
    return { body: JSON.stringify({ offset }), seq: found.head.seq }
  },
)

/** Another request under the same key is `key_reused`, as the host knows them. */
function onceOf({ key }: Call): string | undefined {
  return key ? `http ${key.id}#${key.digest}` : undefined
}

const resize = route(
  {
    method: 'POST',
    path: `${processPath}/resize`,
    operation: 'resizeProcess',
    tag: 'runs',
    summary: 'Give a process a screen of another size',
    body: ProcessSize,
    example: { cols: 120, rows: 40 },
    answers: { 200: { description: 'The process with it.', schema: ProcessState, example: examples.state } },
    errors: [...typing],
    writes: true,
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    await alive(found)
    await resized(found, call.body)
    return { body: JSON.stringify(await stateOf(found)), seq: found.head.seq }
  },
)

const interrupt = route(
  {
    method: 'POST',
    path: `${processPath}/interrupt`,
    operation: 'interruptProcess',
    tag: 'runs',
    summary: 'End what a process is doing; it lives on',
    details:
      'Without a level the run that is at work in it is cancelled, which ends the turn as hard as it takes; where none is, its ' +
      'program gets the keys that interrupt it. A level is sent as it is, run or not.',
    body: ProcessInterrupt,
    bodyOptional: true,
    example: { level: 'SIGINT' },
    answers: { 200: { description: 'What was done.', schema: InterruptedProcess, example: { by: 'SIGINT' } } },
    errors: [...typing, 'trashed', 'damaged'],
    writes: true,
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    const { seq } = found.head
    await alive(found)
    const { level } = call.body
    const run = level === undefined ? await runIn(found) : null
    if (run !== null) {
      const { replayed } = await call.work.cancel(run, { key: call.key ?? undefined })
      return { body: JSON.stringify({ by: 'run', run_id: run }), seq, replayed }
    }
    const { live } = found.driven
    const by = level ?? 'keys'
    if (by === 'keys') {
      const keys = live.get(found.started.program)?.keys.interrupt ?? '\u0003'
      await live.processes.write(found.name, keys, onceOf(call))
    } else await live.processes.signal(found.name, by, 'foreground')
    return { body: JSON.stringify({ by }), seq }
  },
)

const close = route(
  {
    method: 'DELETE',
    path: processPath,
    operation: 'closeProcess',
    tag: 'runs',
    summary: 'End a process and all that it started',
    details:
      'By the keys that leave its program, then SIGHUP, SIGTERM and SIGKILL, two seconds each. A run that is at work in it is ' +
      'cancelled. Its session stays, and the next prompt begins another process, which goes on where the program can.',
    body: NoBody,
    bodyOptional: true,
    answers: { 200: { description: 'How it ended.', schema: ClosedProcess, example: examples.closed } },
    errors: [...typing, 'trashed', 'damaged'],
    writes: true,
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    const run = await runIn(found)
    if (run !== null) await call.work.cancel(run)
    if ((await atHost(found)) === null) throw new DaybookError('invalid_state', 'the process has ended')
    const closed = await found.driven.watch.close(found.session.id, found.id)
    const shape = closedShape({ ...closed, session: found.session.id, process: found.id })
    return { body: JSON.stringify(shape), seq: (await found.session.head()).seq }
  },
)

function closedShape({ session, process, by, exit }: EndedProcess): ClosedProcessShape {
  return { session_id: session, process_id: process, by, exit_code: exit.code, signal: exit.signal }
}

const cleanup = route(
  {
    method: 'POST',
    path: '/processes/cleanup',
    operation: 'cleanUpProcesses',
    tag: 'runs',
    summary: 'Close processes that nobody uses',
    details:
      'Those without a run, without anybody attached, and without output for as long as the idle time of their program, as a server ' +
      'does by itself every 30 seconds. Sessions stay as they are.',
    body: NoBody,
    bodyOptional: true,
    answers: { 200: { description: 'Those that were closed.', schema: ClosedProcesses, example: examples.cleaned } },
    errors: ['unauthenticated', 'unreachable'],
    writes: true,
  },
  async (call) => {
    const closed = await call.driven.watch.look()
    return { body: JSON.stringify({ closed: closed.map(closedShape) }) }
  },
)

export const processRoutes: readonly Route[] = [open, input, resize, interrupt, close, cleanup]
