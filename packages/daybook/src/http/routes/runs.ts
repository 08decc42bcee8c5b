// Runs: starting one in a session, from a text alone, reading it, waiting for it, and following it.

import { type Static, Type } from 'typebox'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import { NewRun, RunQuery, RunStreamQuery, WaitQuery } from '../../schema/wire-run-requests.ts'
import { Queue, RunAnswer, type RunAnswerShape, RunReceipt, RunState } from '../../schema/wire-runs.ts'
import { mustReach } from '../../session/follow.ts'
import { openFieldsOf } from '../../session/open-fields.ts'
import type { Route as Routed, RunState as State } from '../../work/contract.ts'
import { approvalOf, questionOf, queueShape, runStateOf } from '../../work/wire.ts'
import type { Call } from '../call.ts'
import { type Answer, type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'
import { checkSaid, isSettled, runFields, sessionFor, settled, start, startAnswer } from '../runs.ts'
import { RunStream } from '../stream/run-stream.ts'
import { lastEventId } from './shared.ts'

/** Codes of whatever starts a run. */
export const startErrors = [
  ...(['busy', 'trashed', 'damaged', 'invalid_state', 'ref_taken'] as const),
  ...(['unauthenticated', 'forbidden'] as const),
] as const satisfies ErrorCode[]

const stream = {
  'text/event-stream':
    'The entries of the run with their seq as id, deltas without, and last an event named end with the run.',
}

export const startAnswers = {
  200: {
    description: 'With wait: the run, which has ended or waits for somebody.',
    schema: RunState,
    example: examples.run,
    media: stream,
  },
  202: {
    description: 'The run is stored. With wait: the run as it is when the time is over.',
    schema: Type.Union([RunReceipt, RunState]),
    example: examples.receipt,
  },
} as const

const startRun = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/runs',
    operation: 'startRun',
    tag: 'runs',
    summary: 'Start a run',
    details:
      'It is durable when this answers, and begins by itself, one root run of a session at a time. An unknown session id is ' +
      'opened: clients invent ids. wait answers with the run; stream, or Accept: text/event-stream, with its events. ' +
      'Leaving cancels nothing.',
    body: NewRun,
    example: examples.newRun,
    answers: startAnswers,
    errors: startErrors,
    writes: true,
  },
  (call) => {
    const { opens, ...body } = call.body
    const opening = opens ? openFieldsOf(opens) : true
    return startAnswer(call, { session: call.params.session_id, fields: runFields(body), opens: opening }, body)
  },
)

const queue = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/queue',
    operation: 'getQueue',
    tag: 'runs',
    summary: 'The runs that wait for their turn',
    answers: { 200: { description: 'In the order in which they will begin.', schema: Queue, example: examples.queue } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    return { body: JSON.stringify(queueShape(session.id, await call.context.work.queue(session.id))), seq: head.seq }
  },
)

const read = route(
  {
    method: 'GET',
    path: '/runs/{run_id}',
    operation: 'getRun',
    tag: 'runs',
    summary: 'Read a run, or wait for it',
    details: 'With wait it answers when the run has ended or waits for somebody, or when the time is over.',
    query: WaitQuery,
    answers: { 200: { description: 'The run as it is.', schema: RunState, example: examples.run } },
  },
  async (call) => {
    const { wait, until } = call.query
    const { run } = await seenRun(call, call.params.run_id)
    const state = wait === undefined ? run : await settled(call, run.run, wait, until)
    return { body: JSON.stringify(runStateOf(state)) }
  },
)

/** A run whose session is in the trash is as unknown as that. */
async function seenRun(call: Call, id: string) {
  const run = await call.context.work.get(id)
  return { run, ...(await call.seen(run.session)) }
}

const follow = route(
  {
    method: 'GET',
    path: '/runs/{run_id}/stream',
    operation: 'streamRun',
    tag: 'runs',
    summary: 'Follow a run',
    details:
      'From its first entry on, or behind Last-Event-ID or after; ends when the run has ended or waits for somebody. ' +
      'Leaving cancels nothing.',
    query: RunStreamQuery,
    answers: { 200: { description: 'The run as events.', media: stream } },
  },
  async (call) => {
    const seen = await seenRun(call, call.params.run_id)
    const resumed = lastEventId(call)
    const after = resumed ?? call.query.after ?? 0
    mustReach(seen.head, after, resumed === undefined ? 'after' : 'Last-Event-ID')
    return new RunStream(call.context, seen.session.id).send(call.reply, { ...seen, after })
  },
)

const run = route(
  {
    method: 'POST',
    path: '/run',
    at: 'both',
    operation: 'run',
    tag: 'runs',
    summary: 'Find the skill for a text, and run it',
    details:
      'Without session_id a session is opened. It answers when the run has ended or waits for somebody, with 202 when the ' +
      'time is over before. Where nothing fits, the run fails and output says so. execute=false only says where the text ' +
      'would go: it opens no session and starts no run.',
    body: RunQuery,
    example: { query: 'what is 2 + 3?' },
    answers: {
      200: { description: 'What became of it.', schema: RunAnswer, example: examples.answer },
      202: {
        description: 'It is not over yet.',
        schema: RunAnswer,
        example: { ...examples.answer, status: 'running', output: null },
      },
    },
    errors: [...startErrors, 'not_found', 'gone'],
    writes: true,
  },
  async (call) => {
    const { query, session_id, execute = true, wait_ms, ...rest } = call.body
    const input = query ?? rest.input
    if (input === undefined || (query !== undefined && rest.input !== undefined)) {
      throw new DaybookError('invalid', 'exactly one of query and input is needed', { field: 'query' })
    }
    checkSaid(input, 'query')
    const fields = runFields({ ...rest, input })
    if (!execute)
      return { status: 200, body: JSON.stringify(routedOnly(call.context.work.route(input, fields.caller))) }
    const receipt = await start(call, { session: sessionFor(call, session_id), fields, opens: true })
    const state = await settled(call, receipt.run, wait_ms)
    return ranAnswer(state, receipt.replayed)
  },
)

function alternativesOf(routing: State['routing']): RunAnswerShape['alternatives'] {
  return (routing?.alternatives ?? []).map(({ skill, confidence }) => ({ skill_id: skill, confidence }))
}

function routedOnly(found: Routed): RunAnswerShape {
  const { skill, confidence, why } = found
  return {
    session_id: null,
    run_id: null,
    status: skill === null ? 'failed' : 'routed',
    output: skill === null ? 'No skill fits this request.' : null,
    skill_id: skill,
    confidence,
    alternatives: alternativesOf(found),
    why: why.map((one) => ({ ...one })),
  }
}

function ranAnswer(state: State, replayed: boolean): Answer {
  const { error, reason, routing } = state
  const approval = state.approvals.find(({ status }) => status === 'open')
  const question = state.questions.find(({ status }) => status === 'open')
  const body: RunAnswerShape = {
    session_id: state.session,
    run_id: state.run,
    status: state.status,
    // A refusal is what the session was told too.
    output: state.output ?? (reason === 'refused' ? (error?.message ?? null) : null),
    skill_id: state.skill ?? null,
    confidence: routing?.confidence ?? null,
    alternatives: alternativesOf(routing),
    ...(error ? { error } : {}),
    ...(approval ? { approval: approvalOf(approval) } : {}),
    ...(question ? { question: questionOf(question) } : {}),
  }
  return {
    status: isSettled(state) ? 200 : 202,
    body: JSON.stringify(body satisfies Static<typeof RunAnswer>),
    replayed,
  }
}

export const runRoutes: readonly Route[] = [startRun, queue, read, follow, run]
