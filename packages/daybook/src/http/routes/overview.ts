// What is looked at from afar: the outline of a session, two sessions side by side, the state of the server.

import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import { moment, sessionOf } from '../../schema/wire.ts'
import {
  Comparison,
  type ComparisonShape,
  Outline,
  OutlineQuery,
  type OutlineShape,
  ServerStatus,
  StatusQuery,
} from '../../schema/wire-overview.ts'
import { commonSeq, sideOf } from '../../session/compare.ts'
import type { Session } from '../../session/contract.ts'
import { type OutlineItem, outlineOf } from '../../session/outline.ts'
import * as examples from '../overview-examples.ts'
import { type Route, route } from '../route.ts'
import { statusOf } from '../status.ts'

const outline = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/outline',
    operation: 'getOutline',
    tag: 'views',
    summary: 'Where turns begin, what failed, what was edited and summed up',
    details:
      'Page by page from the end; a call looks through 8,000 entries at most, so its cost does not grow with the log.',
    query: OutlineQuery,
    answers: { 200: { description: 'One page, newest first.', schema: Outline, example: examples.outline } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const { until, before, limit = 200, type } = call.query
    if (until !== undefined && until > head.seq) {
      throw new DaybookError('invalid', `there is no entry ${until}`, { field: 'until' })
    }
    const { items, cursor } = await outlineOf(session, head.seq, {
      limit,
      ...(until === undefined ? {} : { until }),
      ...(before === undefined ? {} : { before }),
      ...(type === undefined ? {} : { types: type }),
    })
    const body: OutlineShape = { session_id: session.id, items: items.map(itemOf), cursor }
    return { body: JSON.stringify(body), seq: until ?? head.seq }
  },
)

function itemOf({ type, seq, at, by, text, run, files, covers }: OutlineItem): OutlineShape['items'][number] {
  return {
    type,
    seq,
    at: moment(at),
    by,
    text,
    ...(run === undefined ? {} : { run_id: run }),
    ...(files === undefined ? {} : { files: [...files] }),
    ...(covers === undefined ? {} : { covers_seq: covers }),
  }
}

const compare = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/compare/{other_id}',
    operation: 'compareSessions',
    tag: 'views',
    summary: 'Two forks side by side, from their common entry on',
    details: 'Reads what both did behind it once. `invalid` for sessions that have no entry in common.',
    answers: { 200: { description: 'Both sides.', schema: Comparison, example: examples.comparison } },
  },
  async (call) => {
    const one = await call.seen(call.params.session_id)
    const other = await call.seen(call.params.other_id)
    const seq = await commonSeq(one.session, other.session, Math.min(one.head.seq, other.head.seq))
    const [entry] = seq === 0 ? [] : await one.session.stored({ after: seq - 1, until: seq })
    if (!entry) throw new DaybookError('invalid', 'these sessions have no entry in common', { field: 'other_id' })
    const body: ComparisonShape = {
      common: { seq, at: moment(entry.at), hash: entry.hash },
      sides: await Promise.all([sideShape(one, seq), sideShape(other, seq)]),
    }
    return { body: JSON.stringify(body), seq: one.head.seq }
  },
)

const [mostFiles, mostTests] = [1000, 100]

async function sideShape(
  { session, head }: { session: Session; head: Head },
  after: number,
): Promise<ComparisonShape['sides'][number]> {
  const { files, tests, ...sums } = await sideOf(session, head, after)
  return {
    session: sessionOf(head),
    ...sums,
    files: files.slice(0, mostFiles).map((file) => ({ ...file })),
    file_count: files.length,
    tests: tests.slice(-mostTests).map((test) => ({ ...test })),
  }
}

const status = route(
  {
    method: 'GET',
    path: '/status',
    operation: 'getStatus',
    tag: 'server',
    summary: 'How the server and its store are, in the words of doctor',
    query: StatusQuery,
    answers: { 200: { description: 'As it is now.', schema: ServerStatus, example: examples.status } },
    errors: ['unreachable', 'too_new', 'damaged'],
  },
  async ({ context, query }) => ({ body: JSON.stringify(await statusOf(context, query.check === true)) }),
)

export const overviewRoutes: readonly Route[] = [outline, compare, status]
