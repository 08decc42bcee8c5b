// Bare `daybook`: who needs you, what runs, what changed since you looked, and how many more there are.

import { limits } from '../../schema/json.ts'
import type { SessionListShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { agentOf, lastOf, money, titleOf } from '../format/session.ts'
import { ago, clock, count } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { lookedAt, rememberLook } from '../looked.ts'
import { uniqueTails } from '../pick.ts'
import { isThere, placeText } from '../where.ts'

/** Lines of one band. */
const room = 8

export const perform: Perform = async (context) => {
  const backend = await context.backend()
  if (context.output.json) return listAll(context, backend)
  const now = context.host.now()
  const looked = context.since ?? lookedAt(backend.place, context.host.env)
  const limit = Math.min(context.limit ?? room, limits.pageItems)
  const [needing, running, waiting, queued, pinned, recent] = await Promise.all([
    backend.list({ attention: true, limit }),
    backend.list({ status: 'running', limit }),
    backend.list({ status: 'waiting', limit }),
    backend.list({ status: 'queued', limit }),
    backend.list({ pinned: true, limit }),
    backend.list({ limit }),
  ])
  const every = [needing, running, waiting, queued, pinned, recent].flatMap(({ sessions }) => sessions)
  const tails = new Map(uniqueTails(every).map((tail, at) => [every[at]?.session_id, tail]))
  const shown = new Set<string>()
  const fresh = (sessions: readonly SessionShape[]): SessionShape[] =>
    sessions
      .filter(({ session_id }) => !shown.has(session_id) && shown.add(session_id))
      .map((session) => ({ ...session, tail: tails.get(session.session_id) ?? session.tail }))
  const { output, me } = context
  band(context, 'needs you', fresh(needing.sessions), (session) => ({
    text: oneLine(session.attention?.summary ?? ''),
    at: session.attention?.since ?? session.last_activity,
    next: `${me} show ${session.tail}`,
  }))
  const last = (session: SessionShape) => ({
    text: lastOf(session),
    at: session.last_activity,
    next: money(session.cost),
  })
  band(context, 'running', fresh([...running.sessions, ...waiting.sessions, ...queued.sessions]), last)
  band(context, 'pinned', fresh(pinned.sessions), last)
  const changed = fresh(
    recent.sessions.filter(({ last_activity }) => looked === null || Date.parse(last_activity) >= looked),
  )
  const title = looked === null ? 'newest' : `since you looked (${clock(looked, now)})`
  band(context, title, changed, (session) => ({
    text: lastOf(session),
    at: session.last_activity,
    next: `${me} show ${session.tail}`,
  }))
  output.line(restOf(backend, recent, shown.size))
  if (recent.total > 0) output.hint(`${me} show <session>   ${me} follow   ${me} --help`)
  if (isThere(backend.place)) rememberLook(backend.place, context.host.env, now)
  return undefined
}

/** How many there are beside those that were shown. */
function restOf(backend: Backend, { total, total_is }: SessionListShape, shown: number): string {
  if (total === 0) return `no sessions yet in ${placeText(backend.place)}`
  const left = Math.max(0, total - shown)
  const number = left === 0 ? total : left
  const words = [count(number), total_is === 'exact' ? '' : 'or more', left > 0 && shown > 0 ? 'more' : '']
  return [...words, number === 1 ? 'session' : 'sessions'].filter((word) => word !== '').join(' ')
}

interface Line {
  readonly text: string
  readonly at: string
  readonly next: string
}

function band(
  context: Context,
  title: string,
  sessions: readonly SessionShape[],
  line: (session: SessionShape) => Line,
): void {
  if (sessions.length === 0) return
  const { output } = context
  const now = context.host.now()
  output.line(output.style('bold', title))
  output.table(
    sessions.map((session) => {
      const { text, at, next } = line(session)
      return [
        session.tail,
        agentOf(session),
        session.branch ?? '',
        titleOf(session),
        text,
        ago(Date.parse(at), now),
        next,
      ]
    }),
    {
      indent: 2,
      columns: [{}, {}, {}, {}, { flexible: true }, { right: true }, {}],
      styles: ['cyan', undefined, undefined, undefined, undefined, 'dim', 'dim'],
    },
  )
}

async function listAll(context: Context, backend: Backend): Promise<undefined> {
  let left = context.limit ?? Number.POSITIVE_INFINITY
  for await (const session of backend.all(left < 1000 ? { limit: left } : { limit: 1000 })) {
    if (left <= 0 || context.host.signal.aborted) break
    if (context.since !== undefined && Date.parse(session.last_activity) < context.since) break
    await context.output.stream(`${JSON.stringify(session)}\n`)
    left -= 1
  }
  return undefined
}
