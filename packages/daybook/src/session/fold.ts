// The fold: from a head, a cell and one entry to the next head and cell. Pure, and the same at append, refold and verify.

import type { StoredEntry } from '../schema/entries.ts'
import { type Cell, emptyCell, foldVersion, type Head } from '../schema/heads.ts'
import type { SessionId } from '../schema/ids.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import { firstAgent } from '../schema/states.ts'
import { folders } from './folders.ts'

export interface Folded {
  readonly head: Head
  readonly cell: Cell
}

/** What an entry's fold may need beside the entry: the state at the seq that a rewind goes back to. */
export interface FoldContext {
  readonly rewoundTo?: Folded
}

/** While it is being put together. */
type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

export type Folder<K extends Kind> = (
  state: Folded,
  data: DataOf<K>,
  entry: StoredEntry,
  context: FoldContext,
) => Change

/** What becomes of head and cell; `whole` is the head for those that come with nearly every append. */
export interface Change {
  readonly head?: Partial<Head>
  /** A copy of the head with what changes: laying one object over another costs several times as much. */
  readonly whole?: Writable<Head>
  readonly cell?: Cell
}

/** The head of a session before its first entry. */
export function unopened(session: SessionId): Folded {
  return { head: { ...blank, session }, cell: emptyCell }
}

/**
 * The next fold. `data` is null once the entry was erased: it then counts as an entry and as nothing else. Fields of
 * newer versions travel on verbatim.
 */
export function fold(state: Folded, entry: StoredEntry, data: unknown, context: FoldContext = {}): Folded {
  const folder = folders[entry.kind] as Folder<Kind> | undefined
  const change = data === null || !folder ? undefined : folder(state, data as DataOf<Kind>, entry, context)
  const head: Writable<Head> = change?.whole ?? { ...state.head, ...change?.head }
  head.seq = entry.seq
  head.hash = entry.hash
  head.fold = foldVersion
  head.updatedAt = entry.at
  head.createdAt ||= entry.at
  return { head, cell: change?.cell ?? state.cell }
}

const blank: Omit<Head, 'session'> = {
  seq: 0,
  hash: '',
  fold: foldVersion,
  name: null,
  title: null,
  place: 'open',
  status: 'idle',
  attention: [],
  last: null,
  owner: '',
  readers: [],
  agent: null,
  user: null,
  team: null,
  workflow: null,
  branch: null,
  repository: null,
  currentAgent: firstAgent,
  switches: 0,
  lastSwitchAt: null,
  messages: 0,
  runs: 0,
  openRuns: [],
  tokens: 0,
  cost: 0,
  due: null,
  trashedAt: null,
  trashedFrom: null,
  createdAt: 0,
  updatedAt: 0,
  lastActivity: 0,
  base: null,
  summary: null,
}
