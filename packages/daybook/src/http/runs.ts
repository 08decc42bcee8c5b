// What routes about runs do alike: starting one, waiting for it, and answering with it, at once, later, or as a stream.

import { checkAskable } from '../model/askable.ts'
import { DaybookError } from '../schema/errors.ts'
import { newId } from '../schema/ids.ts'
import type { Json, JsonObject } from '../schema/json.ts'
import { usualWait } from '../schema/wire-run-requests.ts'
import type { OpenFields } from '../session/contract.ts'
import { filesOf } from '../work/agents/attachments.ts'
import type { RunFields, RunReceipt, RunState } from '../work/contract.ts'
import { textOf } from '../work/entry.ts'
import { isOpening } from '../work/programs/prompt.ts'
import { receiptOf, runStateOf } from '../work/wire.ts'
import type { Call } from './call.ts'
import type { Answer } from './route.ts'
import { RunStream } from './stream/run-stream.ts'

/** The fields of a body that describe a run; the caller's role and attributes stay beside its input. */
export interface RunBody {
  readonly input?: unknown
  readonly agent?: string
  readonly skill?: string
  readonly model?: string
  readonly on_busy?: NonNullable<RunFields['onBusy']>
  readonly timeout_ms?: number
  readonly instead_of?: number | 'last'
  readonly role?: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface Started {
  readonly session: string
  readonly fields: RunFields
  readonly opens: OpenFields | true
}

/** What asks for nothing would be a turn about nothing; a program may only be opened. */
export function checkSaid(input: Json, field: string): void {
  if (textOf(input).trim() !== '' || filesOf(input).length > 0 || isOpening(input)) return
  throw new DaybookError('invalid', `the ${field} says nothing`, { field })
}

export function runFields(body: RunBody): RunFields {
  const { input, agent, skill, model, on_busy, timeout_ms, instead_of, role, attributes } = body
  const caller = {
    ...(role === undefined ? {} : { role }),
    ...(attributes === undefined ? {} : { attributes: attributes as JsonObject }),
  }
  return {
    ...(input === undefined ? {} : { input: input as Json }),
    ...(agent === undefined ? {} : { agent }),
    ...(skill === undefined ? {} : { skill }),
    ...(model === undefined ? {} : { model }),
    ...(on_busy === undefined ? {} : { onBusy: on_busy }),
    ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
    ...(instead_of === undefined ? {} : { insteadOf: instead_of }),
    ...(role === undefined && attributes === undefined ? {} : { caller }),
  }
}

/** The session that is named, or a new one: the same for every repeat under a key. */
export function sessionFor(call: Call, named: string | undefined): string {
  return named ?? call.derivedId() ?? newId('ses', call.context.store.now())
}

export async function start({ work, key, context }: Call, { session, fields, opens }: Started): Promise<RunReceipt> {
  const { model } = opens === true ? {} : opens
  for (const name of [fields.model, model]) if (name !== undefined) checkAskable(context.models, name)
  return work.start(session, fields, { opens, ...(key ? { key } : {}) })
}

function wantsStream({ request }: Call, asked?: boolean): boolean {
  return asked === true || request.headers.accept?.includes('text/event-stream') === true
}

/** Starts a run and answers as the body asks for it. */
export async function startAnswer(
  call: Call,
  started: Started,
  asked: { readonly wait?: boolean; readonly wait_ms?: number; readonly stream?: boolean },
): Promise<Answer | null> {
  if (wantsStream(call, asked.stream)) return startStream(call, started)
  const receipt = await start(call, started)
  const { session, replayed } = receipt
  if (asked.wait) return waitAnswer(call, receipt, asked.wait_ms)
  const { seq } = await call.session(session).head()
  return { status: 202, body: JSON.stringify(receiptOf(receipt)), seq, replayed }
}

/** 200 with the run when it has ended or waits for somebody, 202 when the time is over. */
export async function waitAnswer(call: Call, { run, replayed }: RunReceipt, ms?: number): Promise<Answer> {
  const state = await settled(call, run, ms)
  return { status: isSettled(state) ? 200 : 202, body: JSON.stringify(runStateOf(state)), replayed }
}

export function isSettled({ status }: RunState): boolean {
  return status !== 'queued' && status !== 'running'
}

/** The run once it has settled, or as it is when the time is over, the caller has left, or the server ends. */
export async function settled(call: Call, run: string, ms = usualWait, until?: 'end'): Promise<RunState> {
  const { context, reply } = call
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  return context.work.settled(run, {
    timeoutMs: Math.min(ms, context.longestWait),
    signal: AbortSignal.any([context.ended, left.signal]),
    ...(until === undefined ? {} : { until }),
  })
}

export async function startStream(call: Call, started: Started): Promise<null> {
  const { context, reply } = call
  const stream = new RunStream(context, started.session)
  try {
    const receipt = await start(call, started)
    const session = call.session(receipt.session)
    // One that was just asked for begins where it was asked for.
    const fresh = !receipt.replayed && !receipt.steered
    const run = fresh ? receipt : await context.work.get(receipt.run)
    const head = await session.head()
    if (receipt.replayed) reply.header('idempotent-replayed', 'true')
    return stream.send(reply, { session, head, run, after: receipt.seq - 1 })
  } catch (error) {
    stream.drop()
    throw error
  }
}
