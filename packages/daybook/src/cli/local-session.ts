// One session of the engine in the shapes of the wire.

import type { EntriesRange, ViewShapes } from '../client/client.ts'
import { DaybookError } from '../schema/errors.ts'
import { isKind, type Kind } from '../schema/kinds.ts'
import { markOf } from '../schema/wire.ts'
import type { EntryShape, ReceiptShape, SessionShape } from '../schema/wire-shapes.ts'
import type { HistoryMessageShape } from '../schema/wire-views.ts'
import type { Receipt, ScopedSessions, Session, UpdateFields } from '../session/contract.ts'
import { markOn } from '../session/marks.ts'
import { labelsOf } from '../session/open-fields.ts'
import {
  agentsOf,
  filesOf,
  historyRest,
  messageOf,
  metricsOf,
  notesOf,
  processesOf,
  runOf,
  sessionShape,
} from '../session/views/wire.ts'
import type { Range, Store } from '../store/store.ts'
import { contextShape } from '../work/agents/context-wire.ts'
import { DeltaFollowing } from '../work/following.ts'
import type { BackendSession } from './backend.ts'
import { entryShape, newEntryOf } from './entry-shapes.ts'
import type { Looking } from './local-runs.ts'
import { withDeltas } from './with-deltas.ts'

type PlaceCall = 'fork' | 'rewind' | 'archive' | 'trash' | 'restore' | 'delete'

export function localSession(
  mine: ScopedSessions,
  id: string,
  store: Pick<Store, 'bus' | 'now'>,
  looking: Looking,
): BackendSession {
  const session = mine.session(id)
  return {
    id,
    get: () => presentShape(mine, session),
    async entries(range = {}) {
      const { limit = 50, order = 'asc' } = range
      const stored = await session.stored({ ...rangeOf(range), limit })
      const last = stored.at(-1)
      const next = last === undefined || stored.length < limit ? null : order === 'asc' ? last.seq : last.seq - 1
      return { entries: stored.map(entryShape), cursor: next === 0 ? null : next }
    },
    async around(seq, limit = 50) {
      const half = Math.floor(limit / 2)
      const before = seq > 1 && half > 0 ? await session.stored({ until: seq - 1, order: 'desc', limit: half }) : []
      const from = await session.stored({ after: seq - 1, limit: limit - half })
      return { entries: [...before.toReversed(), ...from].map(entryShape), cursor: from.at(-1)?.seq ?? null }
    },
    async *stream(range = {}) {
      for await (const entry of session.stream(rangeOf(range))) yield entryShape(entry)
    },
    async append(given, options = {}) {
      const entries = (Array.isArray(given) ? given : [given]).map(newEntryOf)
      const { expect, key } = options
      const write = { ...(expect === undefined ? {} : { expect }), ...(key === undefined ? {} : { key }) }
      return receiptOf(await session.append(entries, write))
    },
    async update({ metadata, state, agent_data, ...rest }) {
      if (rest.model) await looking.checkModel(rest.model)
      const bags = { metadata, state, agentData: agent_data } as Pick<UpdateFields, 'metadata' | 'state' | 'agentData'>
      await session.update({ ...(labelsOf(rest) as UpdateFields), ...bags })
      return presentShape(mine, session)
    },
    async handoff(to, reason) {
      const [entry] = (await session.handoff(to, reason)).entries
      if (!entry) throw new DaybookError('internal', 'a hand-off was stored without an entry')
      return entryShape(entry)
    },
    view: (name, { until, limit } = {}) =>
      viewOf(session, name, { ...(until === undefined ? {} : { until }), ...(limit === undefined ? {} : { limit }) }),
    async context({ signal = new AbortController().signal, ...query } = {}) {
      return contextShape(id, await (await looking.ahead()).next(session, { ...query, signal }))
    },
    follow: (from, options = {}) => follow(session, from, options.signal, options.kind),
    followDeltas: (from, { signal = new AbortController().signal } = {}) =>
      withDeltas(
        (ended) => follow(session, from, AbortSignal.any([signal, ended])),
        (listener) => new DeltaFollowing(store.bus, { tenant: mine.scope.tenant, session: id }, listener),
      ),
    ...places(mine, session),
    ...marks(session, store),
  }
}

function places(mine: ScopedSessions, session: Session): Pick<BackendSession, PlaceCall> {
  const after = async (write: Promise<unknown>): Promise<SessionShape> => {
    await write
    return presentShape(mine, session)
  }
  return {
    async fork({ at, id: given, name } = {}) {
      const fork = await session.fork({
        ...(at === undefined ? {} : { at }),
        ...(given === undefined ? {} : { id: given }),
        ...(name === undefined ? {} : { name }),
      })
      return presentShape(mine, fork)
    },
    rewind: (to) => after(session.rewind(to)),
    archive: () => after(session.archive()),
    trash: () => after(session.trash()),
    restore: () => after(session.restore()),
    async delete({ now } = {}) {
      if (now) await session.delete()
      else await session.trash()
    },
  }
}

function marks(session: Session, store: Pick<Store, 'now'>): Pick<BackendSession, 'marks' | 'setMarks'> {
  return {
    marks: async () => markOf(session.id, await session.mark()),
    setMarks: async (asked) =>
      markOf(session.id, await session.setMark(markOn(await session.mark(), asked, store.now()))),
  }
}

/** The session as it is now. */
export async function presentShape(mine: ScopedSessions, session: Session): Promise<SessionShape> {
  const [head, cell] = await Promise.all([session.head(), session.cell()])
  return sessionShape(mine, head, cell)
}

function rangeOf({ kind, ...range }: EntriesRange): Range {
  return kind === undefined ? range : { ...range, kinds: kind.filter(isKind) }
}

function receiptOf({ first, last, entries }: Receipt): ReceiptShape {
  return { first, last, entries: entries.map(entryShape) }
}

async function* follow(
  session: Session,
  after: number,
  signal: AbortSignal = new AbortController().signal,
  kinds?: readonly string[],
): AsyncGenerator<EntryShape> {
  const wanted = kinds === undefined ? null : new Set<Kind>(kinds.filter(isKind))
  for await (const entry of session.follow(after, signal)) {
    if (wanted === null || wanted.has(entry.kind)) yield entryShape(entry)
  }
}

async function viewOf<N extends keyof ViewShapes>(
  session: Session,
  name: N,
  options: { until?: number; limit?: number },
): Promise<ViewShapes[N]> {
  const make: { [K in keyof ViewShapes]: () => Promise<ViewShapes[K]> } = {
    history: () => historyOf(session, options),
    agents: async () => agentsOf(session.id, await session.view('agents', options)),
    runs: async () => ({
      session_id: session.id,
      runs: (await session.view('runs', options)).runs.map((run) => runOf(session.id, run)),
    }),
    files: async () => filesOf(session.id, await session.view('files', options)),
    processes: async () => processesOf(session.id, await session.view('processes', options)),
    notes: async () => notesOf(session.id, await session.view('notes', options)),
    metrics: async () => metricsOf(session.id, await session.view('metrics', options)),
  }
  return make[name]()
}

async function historyOf(
  session: Session,
  options: { until?: number; limit?: number },
): Promise<ViewShapes['history']> {
  const view = await session.view('history', options)
  const messages: HistoryMessageShape[] = []
  for await (const message of view.messages) messages.push(messageOf(message))
  return { session_id: session.id, messages, ...historyRest(view) }
}
