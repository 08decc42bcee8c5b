// `daybook find`: entries over all sessions by what they say, each with the address that opens it.

import { isKind, type Kind } from '../../schema/kinds.ts'
import type { FindQuery, HitListShape, HitShape } from '../../schema/wire-search.ts'
import type { SessionShape } from '../../schema/wire-shapes.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { misuse } from '../exits.ts'
import { columns } from '../format/columns.ts'
import { agentOf } from '../format/session.ts'
import { ago, many, momentOf } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Call, Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { pick } from '../pick.ts'

const usualLimit = 20
const mostAtOnce = 100

export const perform: Perform = async (context, call) => {
  const query = await queryOf(context, call)
  const backend = await context.backend()
  context.output.progress('looking…')
  const found = await pages(backend, query, context.limit ?? usualLimit)
  if (context.output.json) for (const hit of found.hits) context.output.object(hit)
  else await print(context, backend, found)
  return undefined
}

async function queryOf(context: Context, call: Call): Promise<FindQuery> {
  const q = call.args.join(' ')
  const file = text(call, 'file')
  if (q.trim() === '' && file === undefined) throw misuse('what to look for?', `${context.me} find "…"`)
  const inside = text(call, 'in')
  const session = inside === undefined ? undefined : (await pick(context, inside)).session.session_id
  const { since } = context
  const until = momentIn(context, call)
  const given = {
    ...(q.trim() === '' ? {} : { q }),
    session_id: session,
    agent_id: text(call, 'agent'),
    branch: text(call, 'branch'),
    repository: text(call, 'repository'),
    owner: text(call, 'owner'),
    kind: kindsOf(call),
    file,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    until: until === undefined ? undefined : new Date(until).toISOString(),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as FindQuery
}

function kindsOf(call: Call): Kind[] | undefined {
  const names = text(call, 'kinds')
    ?.split(',')
    .map((name) => name.trim())
  const unknown = names?.find((name) => !isKind(name))
  if (unknown !== undefined) throw misuse(`there is no kind ${unknown}`, '--kinds message,note')
  return names?.filter(isKind)
}

function momentIn(context: Context, call: Call): number | undefined {
  const given = text(call, 'before')
  if (given === undefined) return undefined
  const moment = momentOf(given, context.host.now())
  if (moment === null) throw misuse(`--before does not understand ${given}`, '--before yesterday')
  return moment
}

/** As many pages as it takes. */
async function pages(backend: Backend, query: FindQuery, limit: number): Promise<HitListShape> {
  const first = await backend.find({ ...query, limit: Math.min(limit, mostAtOnce) })
  const hits = [...first.hits]
  const sessions = new Map(first.sessions.map((session) => [session.session_id, session]))
  let { cursor } = first
  while (cursor !== null && hits.length < limit) {
    const next = await backend.find({ ...query, limit: Math.min(limit - hits.length, mostAtOnce), cursor })
    hits.push(...next.hits)
    for (const session of next.sessions) sessions.set(session.session_id, session)
    cursor = next.cursor
  }
  return { ...first, hits, sessions: [...sessions.values()], cursor }
}

async function print(context: Context, backend: Backend, found: HitListShape): Promise<void> {
  const { output, host, me } = context
  const named = await withTails(backend, found.sessions)
  const marked = found.hits.map(markedIn)
  const rows = found.hits.map((hit) => rowOf(hit, named.get(hit.session_id), host.now(), output.width !== undefined))
  const lines = columns(rows, {
    width: output.width,
    columns: [{}, {}, {}, { right: true }, { flexible: true }, {}],
    paint: (cell, column, row) => {
      if (column === 0) return output.style('cyan', cell)
      return column === 4 ? emphasised(cell, marked[row] ?? [], (word) => output.style('bold', word)) : cell
    },
  })
  for (const line of lines) output.line(line)
  const { total } = await backend.list({ limit: 1 })
  const least = found.total_is === 'at_least' ? 'at least ' : ''
  output.hint(`${least}${many(found.total, 'hit')} in ${many(total, 'session')}`)
  if (found.matched === 'some' && rows.length > 0)
    output.hint('no entry has all of these words; these have some of them')
  if (!found.complete) output.hint('the newest entries are still being read; look again in a moment')
  if (found.cursor !== null) output.hint(`more: ${me} find … --limit ${Math.max(100, 5 * rows.length)}`)
}

function rowOf(hit: HitShape, session: SessionShape | undefined, now: number, narrow: boolean): string[] {
  const { length } = hit.snippet
  const { text: said, start } = narrow ? fromFirstMark(hit) : hit.snippet
  const shown = `${start > 0 ? '…' : ''}${oneLine(said)}${start + said.length < length ? '…' : ''}`
  return [
    `${session?.tail ?? hit.session_id}@${hit.seq}`,
    session === undefined ? '' : agentOf(session),
    oneLine(session?.branch ?? ''),
    ago(Date.parse(hit.at), now),
    shown,
    hit.kind === 'message' ? '' : hit.kind,
  ]
}

/** Characters in front of the first place on a terminal, which may have no room for more. */
const lead = 20

function fromFirstMark({ snippet }: HitShape): Pick<HitShape['snippet'], 'text' | 'start'> {
  const { text: said, start, marks } = snippet
  const before = (marks[0]?.start ?? start) - start
  if (before <= lead) return snippet
  const gap = said.slice(before - lead, before).search(/\s\S/)
  const from = gap < 0 ? before : before - lead + gap + 1
  return { text: said.slice(from), start: start + from }
}

function markedIn({ snippet }: HitShape): string[] {
  const words = snippet.marks.map(({ start, end }) =>
    oneLine(snippet.text.slice(start - snippet.start, end - snippet.start)),
  )
  return [...new Set(words.filter((word) => word !== ''))]
}

function emphasised(cell: string, words: readonly string[], style: (word: string) => string): string {
  if (words.length === 0) return cell
  const longest = words.toSorted((a, b) => b.length - a.length)
  return cell.replace(new RegExp(longest.map((word) => RegExp.escape(word)).join('|'), 'g'), style)
}

/** Sessions with tails that no other session shares: what is printed is what can be typed. */
async function withTails(backend: Backend, sessions: readonly SessionShape[]): Promise<Map<string, SessionShape>> {
  const named = await Promise.all(
    sessions.map(async (session) => {
      const place = session.place === 'archived' ? { archived: true } : {}
      const like = await backend.list({ ...place, tail: session.tail, limit: 20 })
      return like.sessions.find(({ session_id }) => session_id === session.session_id) ?? session
    }),
  )
  return new Map(named.map((session) => [session.session_id, session]))
}
