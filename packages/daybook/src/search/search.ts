// Finding entries: asks the index, lets the live log have the last word on every hit, and cuts the snippets.

import { createHash } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import type { StoredEntry } from '../schema/entries.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Actor, Seq, SessionId } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Kind } from '../schema/kinds.ts'
import type { ScopedSessions } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'
import type { Cursor, Store } from '../store/store.ts'
import type { Filters, Match, Matches, SearchIndex } from './contract.ts'
import { mostWeighed, renewed } from './contract.ts'
import { Follower } from './follower.ts'
import { type Level, levels, longestQuery, namedBy, readFile, readQuery, type Wanted } from './query.ts'
import { type Snippet, snippetOf } from './snippet.ts'
import { textsOf } from './texts.ts'

export interface FindQuestion extends Filters {
  /** Words, "phrases", beginnings* and names of code, at most 1,024 characters; may be left out where `file` asks. */
  readonly q?: string
  /** Hits of one page; default 20, at most 100. */
  readonly limit?: number
  readonly cursor?: Cursor
}

export interface Hit {
  readonly session: SessionId
  readonly seq: Seq
  readonly kind: Kind
  /** Milliseconds since 1970. */
  readonly at: number
  readonly actor: Actor
  /** Higher is better; comparable within one answer only. */
  readonly score: number
  readonly snippet: Snippet
}

export interface Found {
  readonly hits: readonly Hit[]
  /** The sessions of these hits, as they are now. */
  readonly sessions: ReadonlyMap<SessionId, Head>
  /** Entries that fit; beyond 10,000 only the newest are weighed. */
  readonly total: number
  readonly totalIs: 'exact' | 'at_least'
  /** How much of the query every hit has. */
  readonly matched: Level
  /** Whether everything that was stored before the call was looked through. */
  readonly complete: boolean
  readonly cursor: Cursor | null
}

export interface SearchSettings {
  readonly store: Store
  readonly index: SearchIndex
  /** Follow the store from now on; without it the index catches up when somebody asks. */
  readonly follow?: boolean
  /** Milliseconds that an answer waits for the index to catch up; what is still missing then makes it incomplete. Default: as long as it takes. */
  readonly wait?: number
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number
  /** Failures in the background. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

export interface Search extends AsyncDisposable {
  /** What this scope may see and what fits, best first. `invalid` for a question without words, and for foreign cursors. */
  find(mine: ScopedSessions, question: FindQuestion): Promise<Found>
  /** Resolves when all that was stored before the call can be found. */
  catchUp(): Promise<void>
  /**
   * How far the index is behind: milliseconds since it last held everything, 0 while nothing is known that it does not hold. Null for
   * one that does not follow: it catches up with every question.
   */
  lag(): number | null
  /** Idempotent; closes the index, and leaves the store to its owner. */
  close(): Promise<void>
}

const usualLimit = 20
export const mostHits = 100

/** Over a store that is open. The index is opened when somebody asks, or in the background when it follows. */
export function openSearch(settings: SearchSettings): Search {
  const { store, index, clock = () => store.now(), onError = warn } = settings
  const follower = new Follower({ store, index, clock, onError })
  if (settings.follow) follower.follow()
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= follower.close().then(() => index.close())
    return closed
  }
  return {
    async find(mine, question) {
      const asked = readQuestion(question, clock())
      const ask = async (): Promise<Found> => answer(index, mine, asked, await caughtUp(follower, settings))
      return ask().catch((error: unknown) => {
        if (!isDaybookError(error) || error.field !== renewed) throw error
        follower.lookAgain()
        return ask()
      })
    },
    catchUp: () => follower.catchUp(),
    lag: () => follower.lag(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

async function caughtUp(follower: Follower, { wait, follow }: SearchSettings): Promise<boolean> {
  const reached = follower.catchUp().then(() => true)
  if (wait === undefined) {
    await reached
    if (!follow) await follower.tidy()
    return true
  }
  const stop = new AbortController()
  try {
    return await Promise.race([reached, after(wait, false, { signal: stop.signal, ref: false })])
  } finally {
    stop.abort()
  }
}

interface Asked {
  /** Null: only the filters ask. */
  readonly wanted: Wanted | null
  readonly filters: Filters
  readonly limit: number
  readonly name: string
  /** Null on the first page. */
  readonly level: Level | null
  readonly now: number
  readonly offset: number
}

function readQuestion({ q, limit = usualLimit, cursor, ...filters }: FindQuestion, now: number): Asked {
  if (q !== undefined && q.length > longestQuery) throw invalid('q', `is longer than ${longestQuery} characters`)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostHits) throw invalid('limit', `is not from 1 to ${mostHits}`)
  // What holds no word is a question too: nothing fits it.
  const wanted = q === undefined ? null : (readQuery(q) ?? { terms: [] })
  if (q === undefined ? filters.file === undefined : q.trim() === '') throw invalid('q', 'asks for nothing')
  if (filters.file !== undefined) readFile(filters.file)
  if (filters.since !== undefined && filters.until !== undefined && filters.since > filters.until) {
    throw invalid('since', 'is after until')
  }
  const name = createHash('sha256')
    .update(JSON.stringify([q, filters]))
    .digest('base64url')
    .slice(0, 12)
  if (cursor === undefined) return { wanted, filters, limit, name, level: null, now, offset: 0 }
  return { wanted, filters, limit, name, ...readCursor(cursor, name) }
}

function invalid(field: string, what: string): DaybookError {
  return new DaybookError('invalid', `${field} ${what}`, { field })
}

function writeCursor({ name, now }: Asked, level: Level, offset: number): Cursor {
  return [levels.indexOf(level), now, offset, name].join('.')
}

function readCursor(cursor: Cursor, name: string): Pick<Asked, 'level' | 'now' | 'offset'> {
  const [, number, now, offset] = /^(\d)\.(\d{1,16})\.(\d{1,5})\.[\w-]+$/.exec(cursor) ?? []
  const level = levels[Number(number)]
  if (level === undefined || !cursor.endsWith(`.${name}`)) throw invalid('cursor', 'is not of this question')
  return { level, now: Number(now), offset: Number(offset) }
}

async function answer(index: SearchIndex, mine: ScopedSessions, asked: Asked, complete: boolean): Promise<Found> {
  const { limit } = asked
  const { level, first } = await begin(index, mine, asked)
  const live = new Live(mine, asked.filters)
  const hits: Hit[] = []
  let { offset } = asked
  let page = first
  for (;;) {
    for (const match of page.matches) {
      if (hits.length === limit) break
      offset += 1
      const hit = await live.hit(match, asked.wanted, level)
      if (hit) hits.push(hit)
    }
    // What is gone or erased since, or no longer theirs to see, makes room for the next ones.
    if (hits.length === limit || page.matches.length < limit) break
    page = await index.find(asking(mine, asked, level, offset))
  }
  const more = hits.length === limit && offset < page.total && offset < mostWeighed
  return {
    hits,
    sessions: live.sessionsOf(hits),
    total: page === first ? first.total : Math.max(first.total, page.total),
    totalIs: first.totalIs,
    matched: level,
    complete,
    cursor: more ? writeCursor(asked, level, offset) : null,
  }
}

function asking(mine: ScopedSessions, { wanted, filters, limit, now }: Asked, level: Level, offset: number) {
  return { scope: mine.scope, wanted, filters, level, now, offset, limit }
}

/** Fewer entries with everything in them are joined by those that have it in parts, and none of these by those with some. */
const fewEntries = 3

async function begin(
  index: SearchIndex,
  mine: ScopedSessions,
  asked: Asked,
): Promise<{ readonly level: Level; readonly first: Matches }> {
  const find = (level: Level): Promise<Matches> => index.find(asking(mine, asked, level, asked.offset))
  if (asked.level !== null) return { level: asked.level, first: await find(asked.level) }
  const all = await find('all')
  if (all.total >= fewEntries || asked.wanted === null) return { level: 'all', first: all }
  const parts = await find('parts')
  if (parts.total > all.total) return { level: 'parts', first: parts }
  if (all.total > 0) return { level: 'all', first: all }
  const some = await find('some')
  return some.total > 0 ? { level: 'some', first: some } : { level: 'all', first: all }
}

/** Reads hits from the log as it is now, with the rights of whoever asks. */
class Live {
  readonly #mine: ScopedSessions
  /** What is shown where only a path was asked for. */
  readonly #named: Wanted | null
  readonly #heads = new Map<SessionId, Promise<Head | null>>()
  readonly #seen = new Map<SessionId, Head>()

  constructor(mine: ScopedSessions, { file }: Filters) {
    this.#mine = mine
    this.#named = file === undefined ? null : namedBy(file)
  }

  sessionsOf(hits: readonly Hit[]): ReadonlyMap<SessionId, Head> {
    const wanted = new Set(hits.map(({ session }) => session))
    return new Map([...this.#seen].filter(([id]) => wanted.has(id)))
  }

  async hit({ session, seq, score }: Match, wanted: Wanted | null, level: Level): Promise<Hit | null> {
    const head = await this.#head(session)
    if (head === null) return null
    const entry = await this.#entry(session, seq)
    if (!entry || entry.body === null) return null
    const { passages } = textsOf(entry.kind, dataOf(entry))
    const snippet = snippetOf(passages, wanted ?? this.#named, level)
    if (snippet === null) return null
    this.#seen.set(session, head)
    const { kind, at, actor } = entry
    return { session, seq, kind, at, actor, score, snippet }
  }

  #head(session: SessionId): Promise<Head | null> {
    const known = this.#heads.get(session)
    if (known) return known
    const head = this.#mine
      .session(session)
      .head()
      .then((found) => (found.place === 'open' || found.place === 'archived' ? found : null), ifThere)
    this.#heads.set(session, head)
    return head
  }

  async #entry(session: SessionId, seq: Seq): Promise<StoredEntry | undefined> {
    const range = { after: seq - 1, until: seq }
    const entries = await this.#mine.session(session).stored(range).catch(ifThere)
    return entries?.[0]
  }
}

/** What went between the index and the log is no hit; every other failure is one. */
function ifThere(error: unknown): null {
  if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return null
  throw error
}

export const findLimits = { q: longestQuery, limit: mostHits, file: limits.idLength } as const
