// A second, tiny reading of what sessions are: plain arrays, no folds, no snapshots; the engine is compared with it.

import type { Json } from '../schema/json.ts'

/** Shared between a session and its forks, as the log is. */
export interface ModelEntry {
  readonly kind: string
  readonly text?: string
  readonly tokens?: number
  readonly patch?: Readonly<Record<string, Json>>
  readonly to?: number
  readonly agent?: string
  erased: boolean
}

/** What the entries up to one of them say. */
export interface ModelState {
  readonly messages: readonly string[]
  readonly notes: readonly string[]
  readonly handoffs: readonly string[]
  readonly agent: string
  readonly runs: number
  /** Of them, those without an end. */
  readonly open: number
  readonly state: Readonly<Record<string, Json>>
}

const nothing: ModelState = {
  messages: [],
  notes: [],
  handoffs: [],
  agent: 'orchestrator',
  runs: 0,
  open: 0,
  state: {},
}

export class ModelSession {
  readonly id: string
  readonly entries: ModelEntry[]
  /** Entries that were there before its own. */
  readonly inherited: number
  place: 'open' | 'archived' | 'trash' | 'deleted' = 'open'
  readonly keys = new Map<string, { text: string; first: number; last: number }>()

  constructor(id: string, entries: readonly ModelEntry[]) {
    this.id = id
    this.entries = [...entries]
    this.inherited = entries.length
  }

  get seq(): number {
    return this.entries.length
  }

  /** States after each entry; index 0 is before the first. */
  get states(): readonly ModelState[] {
    const states = [nothing]
    for (const entry of this.entries) states.push(next(states, entry))
    return states
  }

  get state(): ModelState {
    return this.states.at(-1) ?? nothing
  }

  get tokens(): number {
    return this.entries.reduce((sum, { tokens = 0 }) => sum + tokens, 0)
  }

  /** Seqs of own entries that may be erased. */
  get erasable(): readonly number[] {
    const kinds = ['message', 'note', 'state.changed']
    return this.entries.flatMap(({ kind }, index) =>
      index >= this.inherited && kinds.includes(kind) ? [index + 1] : [],
    )
  }
}

function next(states: readonly ModelState[], entry: ModelEntry): ModelState {
  const now = states.at(-1) ?? nothing
  const { kind, text = '', erased } = entry
  if (kind === 'session.rewound') return withoutOpen(states[entry.to ?? 0] ?? nothing)
  if (kind === 'session.opened') return withoutOpen(now)
  if (kind === 'handoff') {
    return { ...now, handoffs: [...now.handoffs, `${now.agent} ${entry.agent}`], agent: entry.agent ?? '' }
  }
  if (kind === 'run.queued') return { ...now, runs: now.runs + 1, open: now.open + 1 }
  if (kind === 'run.finished') return { ...now, open: now.open - 1 }
  if (erased) return now
  if (kind === 'message') return { ...now, messages: [...now.messages, text] }
  if (kind === 'note') return { ...now, notes: [...now.notes, text] }
  if (kind === 'state.changed') return { ...now, state: patched(now.state, entry.patch ?? {}) }
  return now
}

/** Open runs go neither into a fork nor back with a rewind. */
function withoutOpen(state: ModelState): ModelState {
  return { ...state, runs: state.runs - state.open, open: 0 }
}

function patched(
  state: Readonly<Record<string, Json>>,
  patch: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries({ ...state, ...patch }).filter(([, value]) => value !== null))
}

/** All sessions, the order of lists and the feed. */
export class Model {
  readonly sessions: ModelSession[] = []
  feed: { session: string; seq: number }[] = []
  /** Ids by their last write, oldest first. */
  order: string[] = []

  add(session: ModelSession, opened: ModelEntry): void {
    this.sessions.push(session)
    this.write(session, [opened])
  }

  write(session: ModelSession, entries: readonly Omit<ModelEntry, 'erased'>[]): { first: number; last: number } {
    const first = session.seq + 1
    for (const entry of entries) {
      session.entries.push({ ...entry, erased: false })
      this.feed.push({ session: session.id, seq: session.seq })
    }
    this.order = [...this.order.filter((id) => id !== session.id), session.id]
    return { first, last: session.seq }
  }

  delete(session: ModelSession): void {
    this.feed = this.feed.filter((item) => item.session !== session.id)
    this.write(session, [{ kind: 'session.deleted' }])
    session.place = 'deleted'
  }

  list(place: ModelSession['place']): string[] {
    const found = new Set(this.sessions.filter((one) => one.place === place).map(({ id }) => id))
    return this.order.filter((id) => found.has(id)).reverse()
  }
}
