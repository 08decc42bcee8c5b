// The views of a session, one route each, and its summary.

import type { Static, TSchema } from 'typebox'
import { DaybookError } from '../../schema/errors.ts'
import { summaryOf } from '../../schema/wire.ts'
import { HistoryQuery, NewSummary, UntilQuery } from '../../schema/wire-requests.ts'
import { Summary } from '../../schema/wire-shapes.ts'
import { Agents, Files, History, Metrics, Notes, Processes, Runs } from '../../schema/wire-views.ts'
import type { Receipt, Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import type { ViewName, ViewOf } from '../../session/views/contract.ts'
import { agentsOf, filesOf, metricsOf, notesOf, processesOf, runOf } from '../../session/views/wire.ts'
import { aheadOf } from '../../work/agents/ahead.ts'
import type { Call } from '../call.ts'
import * as examples from '../examples.ts'
import { historyStream } from '../history.ts'
import { type Route, route } from '../route.ts'
import { entriesOf } from './shared.ts'

const history = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/history',
    at: 'both',
    operation: 'getHistory',
    tag: 'views',
    summary: 'The messages of a session and what surrounds them',
    details:
      'Whole and streamed by default; limit gives the last so many, before those under a seq. When the session is deleted ' +
      'midway the connection is cut.',
    query: HistoryQuery,
    answers: { 200: { description: 'The history.', schema: History, example: examples.history } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const view = await session.view('history', call.query)
    return { body: historyStream(session.id, view), seq: call.query.until ?? head.seq }
  },
)

type Small = Exclude<ViewName, 'history'>

function view<N extends Small>(
  name: N,
  summary: string,
  schema: TSchema,
  example: unknown,
  shape: (session: string, view: ViewOf<N>) => unknown,
): Route {
  return route(
    {
      method: 'GET',
      path: `/sessions/{session_id}/${name as Small}`,
      operation: `get${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      tag: 'views',
      summary,
      query: UntilQuery,
      answers: { 200: { description: `The view ${name}; until shows the moment at a seq.`, schema, example } },
    },
    async (call) => {
      const { session, head } = await call.seen(call.params.session_id)
      const { until } = call.query
      const found = await session.view(name, until === undefined ? {} : { until })
      return { body: JSON.stringify(shape(session.id, found)), seq: until ?? head.seq }
    },
  )
}

const readSummary = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/summary',
    operation: 'getSummary',
    tag: 'views',
    summary: 'The latest summary',
    answers: {
      200: { description: 'The summary; 404 while there is none.', schema: Summary, example: examples.summary },
    },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const summary = await session.summary()
    if (!summary) {
      throw new DaybookError('not_found', `session ${session.id} has no summary`, {
        hint: `POST /sessions/${session.id}/summary writes one.`,
      })
    }
    return { body: JSON.stringify(summaryOf(summary)), seq: head.seq }
  },
)

const writeSummary = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/summary',
    operation: 'writeSummary',
    tag: 'views',
    summary: 'Write a summary',
    details:
      'The given text, what a model makes of the last summary and what came since, or a plain one made from the log. A model ' +
      'that fails is told by `model` being null: then the text was made without one.',
    body: NewSummary,
    bodyOptional: true,
    example: { text: 'A greeting; the coder took over.' },
    answers: { 201: { description: 'The summary.', schema: Summary, example: examples.summary } },
    errors: ['forbidden', 'invalid_state'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const session = call.session(call.params.session_id)
    const receipt = await summarised(call, session)
    // The one that this call wrote: by now another may have followed, or the session may have been rewound behind it.
    const [entry] = (await entriesOf(session, receipt)).filter(({ kind }) => kind === 'summary')
    if (!entry) throw new DaybookError('internal', 'a summary was written and is not there')
    const { runs: runCount, tokens: totalTokens } = await session.head()
    const data = dataOf(entry, 'summary')
    const [text, coversSeq] = [data?.text ?? '', data?.covers_seq ?? entry.seq]
    const by = data?.model === undefined ? {} : { model: data.model }
    const summary = { text, coversSeq, ...by, runCount, totalTokens, createdAt: entry.at }
    return { body: JSON.stringify(summaryOf(summary)), seq: receipt.last, replayed: receipt.replayed }
  },
)

type SummaryCall = Call<{ session_id: string }, unknown, Static<typeof NewSummary>>

/** A repeat under the same key asks no model again. */
async function summarised(call: SummaryCall, session: Session): Promise<Receipt> {
  const { text, model, expect } = call.body
  const options = call.write(expect)
  if (model === undefined) return session.summarise(text, options)
  if (text !== undefined) throw new DaybookError('invalid', 'a text is given or a model writes it', { field: 'model' })
  if (await call.isKnown(session.id)) return session.summarise('', options)
  const signal = AbortSignal.any([call.context.ended])
  return (await aheadOf(call.context.ahead).summarise(session, model, { signal, options })).receipt
}

export const viewRoutes: readonly Route[] = [
  history,
  view('agents', 'Who works on the session and who did', Agents, examples.agents, agentsOf),
  view('runs', 'The runs of a session, oldest first', Runs, examples.runs, (session, { runs }) => ({
    session_id: session,
    runs: runs.map((run) => runOf(session, run)),
  })),
  view('processes', 'The executions of programs, oldest first', Processes, examples.processes, processesOf),
  view('files', 'The files that were edited or pinned', Files, examples.files, filesOf),
  view('notes', 'The worklog', Notes, examples.notes, notesOf),
  view('metrics', 'Figures over the runs of a session', Metrics, examples.metrics, metricsOf),
  readSummary,
  writeSummary,
]
