// Bare `daybook`: who needs you, what runs, what changed since you looked, and how many more there are.

import { limits } from '../../schema/json.ts'
import type { SessionListShape, SessionShape } from '../../schema/wire-shapes.ts'
import { readAddress } from '../address.ts'
import { aroundOf, type Greeting, lookFrom } from '../around.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { agentOf, askedOf, lastOf, money, titleOf } from '../format/session.ts'
import { ago, clock, count } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { lookedAt, rememberLook } from '../looked.ts'
import { uniqueTails } from '../pick.ts'
import { type Unseen, unseenOf } from '../unseen.ts'
import { isThere, placeText, userStoreBy } from '../where.ts'

/** Lines of one band. */
const room = 8

export const perform: Perform = async (context) => {
  if (await isFresh(context)) return welcome(context)
  const backend = await context.backend()
  if (context.output.json) return listAll(context, backend)
  const now = context.host.now()
  const looked = context.since ?? lookedAt(backend.place, context.host.env)
  // A server that was named may be anywhere: what lies here is no news of its.
  const greeting =
    context.asked.server === undefined ? aroundOf(context, (over) => lookFrom(context, backend, over)) : null
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
    text: askedOf(session),
    at: session.attention?.since ?? session.last_activity,
    next: answerTo(context, session),
  }))
  const last = (session: SessionShape) => ({
    text: working(session),
    at: session.last_activity,
    next: money(session.cost),
  })
  band(context, 'running', fresh([...running.sessions, ...waiting.sessions, ...queued.sessions]), last)
  band(context, 'pinned', fresh(pinned.sessions), last)
  const left = recent.sessions.filter(({ session_id }) => !shown.has(session_id))
  if (looked === null) newest(context, fresh(left))
  else {
    const changed = await unseenOf(backend, left, looked)
    const news = new Map(changed.map(({ session, ...rest }) => [session.session_id, rest]))
    sinceLooked(context, looked, fresh(changed.map(({ session }) => session)), news)
  }
  output.line(restOf(backend, recent, shown.size))
  greet(context, await greeting)
  if (recent.total > 0) output.hint(`${me} show <session>   ${me} follow   ${me} --help`)
  if (isThere(backend.place)) rememberLook(backend.place, context.host.env, now)
  return undefined
}

/** Nobody named a store, none is here, and no server ever ran: the first call on this machine, which is no mistake. */
async function isFresh({ asked, host, output, storePlace }: Context): Promise<boolean> {
  if (output.json || asked.server !== undefined || readAddress(host.env) !== null) return false
  const place = await storePlace()
  return place.by === userStoreBy && !isThere(place)
}

async function welcome(context: Context): Promise<undefined> {
  context.output.line(`no sessions yet in ${placeText(await context.storePlace())}`)
  greet(context, await aroundOf(context, (signal) => lookFrom(context, null, signal)))
  return undefined
}

/** Programs are no news to whoever installed them; what they left is. */
function greet({ output }: Context, greeting: Greeting | null): void {
  if (greeting === null || greeting.next === null) return
  const { lines, next } = greeting
  for (const line of lines.filter((line) => !line.startsWith('agents'))) output.line(line)
  output.line(`next    ${next}`)
}

function newest(context: Context, sessions: readonly SessionShape[]): void {
  band(context, 'newest', sessions, (session) => ({
    text: lastOf(session),
    at: session.last_activity,
    next: `${context.me} show ${session.tail}`,
  }))
}

/** Each opens at the first entry that was not seen. */
function sinceLooked(
  context: Context,
  looked: number,
  sessions: readonly SessionShape[],
  news: ReadonlyMap<string, Omit<Unseen, 'session'>>,
): void {
  const title = `since you looked (${clock(looked, context.host.now())})`
  band(context, title, sessions, (session) => {
    const { first, text = '' } = news.get(session.session_id) ?? {}
    const from = first === undefined ? '' : `@${first}`
    return {
      text: text || lastOf(session),
      at: session.last_activity,
      next: `${context.me} show ${session.tail}${from}`,
    }
  })
}

/** What to type to whoever waits for a person. */
export function answerTo(
  { table, me }: { readonly me: string; readonly table: { readonly commands: readonly { readonly name: string }[] } },
  { attention, tail }: Pick<SessionShape, 'attention' | 'tail'>,
): string {
  const words = attention === undefined ? undefined : answers[attention.kind]
  const known = words !== undefined && table.commands.some(({ name }) => name === words[0])
  return known ? [me, words[0], tail, ...words.slice(1)].join(' ') : `${me} show ${tail}`
}

const answers: Readonly<Partial<Record<NonNullable<SessionShape['attention']>['kind'], readonly string[]>>> = {
  approval: ['approve'],
  question: ['say', '"…"'],
  budget: ['budget list'],
}

/** What it waits for stands before what was said last; a run that goes on speaks for itself. */
function working(session: SessionShape): string {
  const state = session.status === 'running' || session.status === 'idle' ? '' : session.status
  return [state, lastOf(session)].filter((text) => text !== '').join(' · ')
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
