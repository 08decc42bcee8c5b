// Planted bugs in all that ends, stays or is kept beside the log: deletion, marks, blobs, texts.

import { day, type State } from '../../memory/state.ts'
import { foldingPlants } from './folding.ts'
import { afterSweep, eachAppend, force, type Plant, rowOf, verbs, without } from './frame.ts'

const deletions: readonly Plant[] = [
  {
    bug: 'the trash takes writes',
    caughtBy: 'The trash refuses writes, is still read, and gives back what is restored',
    plant: eachAppend((append, row) => {
      if (row?.head.place === 'trash') force(row, { head: { ...row.head, place: 'archived' } })
      return append
    }),
  },
  {
    bug: 'a live lease does not keep from deletion',
    caughtBy: 'A live lease makes a deletion busy; a dead or released one does not',
    plant: verbs((inner, state, scope) => ({
      delete(session, deletion) {
        force(rowOf(state, scope, session), { lease: null })
        return inner.delete(session, deletion)
      },
    })),
  },
  {
    bug: 'a deleted id is free at once',
    caughtBy: 'A deleted id is gone for 30 days: writes, openings, forks and deletions are refused',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const outcome = await inner.delete(session, deletion)
        if (outcome.ok) state.tenants.get(scope.tenant)?.rows.delete(session)
        return outcome
      },
    })),
  },
  {
    bug: 'tombstones end after a day',
    caughtBy: 'A deleted id is gone for 30 days: writes, openings, forks and deletions are refused',
    plant: afterSweep(
      () => undefined,
      (state) => ages(state, 29),
    ),
  },
  {
    bug: 'tombstones never end',
    caughtBy: 'After 30 days and a sweep the id is unknown and free again',
    plant: afterSweep(
      () => undefined,
      (state) => ages(state, -1000),
    ),
  },
  {
    bug: 'the entries of a deleted session stay in the feed',
    caughtBy: 'The feed keeps of a deleted session only session.deleted, for all who resume before or behind it',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const row = rowOf(state, scope, session)
        const entries = [...(row?.entries ?? []), deletion.entry]
        const outcome = await inner.delete(session, deletion)
        force(row, { entries, gone: null })
        return outcome
      },
    })),
  },
  {
    bug: 'session.deleted is not in the feed',
    caughtBy: 'The feed keeps of a deleted session only session.deleted, for all who resume before or behind it',
    plant: (store) => ({
      ...store,
      async feed(cursor, limit) {
        const page = await store.feed(cursor, limit)
        return { ...page, items: page.items.filter((item) => item.entry.kind !== 'session.deleted') }
      },
    }),
  },
  {
    bug: 'positions are used again after a sweep',
    caughtBy: 'Positions are never reused: a cursor from before deletions and sweeps misses and repeats nothing',
    plant: afterSweep((state) => {
      const kept = state.feedRows.flatMap((row, index) => (row ? [index] : []))
      const rows = kept.map((index) => state.feedRows[index])
      const seqs = kept.map((index) => state.feedSeqs[index] ?? 0)
      state.feedRows.splice(0, Infinity, ...rows)
      state.feedSeqs.splice(0, Infinity, ...seqs)
    }),
  },
  {
    bug: 'a deletion does not compare the seq',
    caughtBy: 'A deletion on a stale head is a conflict, of an unknown session not_found',
    plant: verbs((inner) => ({
      async delete(session, deletion) {
        const head = await inner.head(session)
        if (!head) return inner.delete(session, deletion)
        const entry = { ...deletion.entry, seq: head.seq + 1 }
        return inner.delete(session, {
          ...deletion,
          expect: head.seq,
          prev: head.hash,
          entry,
          head: { ...deletion.head, seq: entry.seq },
        })
      },
    })),
  },
  {
    bug: 'marks outlive the session',
    caughtBy: 'Marks, snapshots and leases go with the session',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const row = rowOf(state, scope, session)
        const pins = [...(row?.marks ?? [])].flatMap(([subject, mark]) => (mark.pinned === undefined ? [] : [subject]))
        const outcome = await inner.delete(session, deletion)
        for (const subject of pins) row?.marks.set(subject, { version: 1, pinned: 1 })
        return outcome
      },
      marks: {
        ...inner.marks,
        async pinnedBy(session) {
          return [...(rowOf(state, scope, session)?.marks.keys() ?? [])]
        },
      },
    })),
  },
  {
    bug: 'hidden entries are never swept',
    caughtBy: 'Hidden entries go with the last fork that reads them',
    plant: (store) => ({
      ...store,
      admin: { ...store.admin, sweep: async () => ({ tombstones: 0, hiddenEntries: 0, blobs: 0 }) },
    }),
  },
]

/** Makes every tombstone look this many days older. */
function ages(state: State, days: number): void {
  for (const row of state.gone) if (row.gone) row.gone = { ...row.gone, at: row.gone.at - days * day }
}

const marks: readonly Plant[] = [
  {
    bug: 'marks are written whatever their version',
    caughtBy: 'A write on another version changes nothing',
    plant: verbs((inner) => ({
      marks: {
        ...inner.marks,
        put: async (session, subject, mark) =>
          inner.marks.put(session, subject, { ...mark, version: (await inner.marks.get(session, subject)).version }),
      },
    })),
  },
  {
    bug: 'a mark is merged into the old one',
    caughtBy: 'A mark starts at version 0 and rises by one with each write, which replaces it whole',
    plant: verbs((inner) => ({
      marks: {
        ...inner.marks,
        put: async (session, subject, mark) =>
          inner.marks.put(session, subject, { ...(await inner.marks.get(session, subject)), ...mark }),
      },
    })),
  },
  {
    bug: 'a session has one mark for all persons',
    caughtBy: 'Each person has marks of their own, for each session',
    plant: verbs((inner, _, scope, store) => ({
      marks: {
        ...inner.marks,
        get: (session) => store.within({ ...scope, subjects: 'all' }).marks.get(session, 'user:anna'),
      },
    })),
  },
]

const blobs: readonly Plant[] = [
  {
    bug: 'missing blobs are not refused',
    caughtBy: 'An append that names a blob which is not stored is refused, alone',
    plant: eachAppend((append) => without(append, 'blobs')),
  },
  {
    bug: 'claimed blobs are swept',
    caughtBy: 'A claimed blob stays, an unclaimed one goes after 24 hours, not before',
    plant: afterSweep(
      () => undefined,
      (state) => eachBlob(state, (blob) => Object.assign(blob, { claims: 0 })),
    ),
  },
  {
    bug: 'unclaimed blobs are swept at once',
    caughtBy: 'A claimed blob stays, an unclaimed one goes after 24 hours, not before',
    plant: afterSweep(
      () => undefined,
      (state) => eachBlob(state, (blob) => Object.assign(blob, { at: 0 })),
    ),
  },
  {
    bug: 'putting a blob again does not renew its time',
    caughtBy: 'Putting a blob again starts its 24 hours anew',
    plant: verbs((inner, state, scope) => ({
      blobs: {
        ...inner.blobs,
        async put(bytes) {
          const before = new Map(
            [...(state.tenants.get(scope.tenant)?.blobs ?? [])].map(([key, blob]) => [key, blob.at]),
          )
          const hash = await inner.blobs.put(bytes)
          const blob = state.tenants.get(scope.tenant)?.blobs.get(hash)
          if (blob) blob.at = before.get(hash) ?? blob.at
          return hash
        },
      },
    })),
  },
  {
    bug: 'the end of a byte range is included',
    caughtBy: 'A byte range is half open and cut at the ends',
    plant: verbs((inner) => ({
      blobs: {
        ...inner.blobs,
        get: (hash, range = {}) =>
          inner.blobs.get(hash, range.end === undefined ? range : { ...range, end: range.end + 1 }),
      },
    })),
  },
  {
    bug: 'a forked base loses its blobs with its deletion',
    caughtBy: 'Entries that only forks still read keep their blobs, the others of a deleted base do not',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const outcome = await inner.delete(session, deletion)
        const row = rowOf(state, scope, session)
        for (const claim of row?.claims ?? []) Object.assign(row?.tenant.blobs.get(claim.hash) ?? {}, { claims: 0 })
        return outcome
      },
    })),
  },
]

function eachBlob(state: State, change: (blob: { at: number; claims: number }) => void): void {
  for (const tenant of state.tenants.values()) for (const blob of tenant.blobs.values()) change(blob)
}

const texts: readonly Plant[] = [
  {
    bug: 'lone surrogates become question marks',
    caughtBy: 'A body that is raw text with NUL and lone surrogates comes back to the character',
    plant: bodies((body) => body.toWellFormed()),
  },
  {
    bug: 'texts end at NUL',
    caughtBy: 'A body that is raw text with NUL and lone surrogates comes back to the character',
    plant: bodies((body) => body.split('\u0000')[0] ?? ''),
  },
  {
    bug: 'bodies are parsed and written again',
    caughtBy: 'Bodies come back to the character: NUL, lone surrogates, four-byte characters, numbers as written',
    plant: bodies((body) => JSON.stringify(JSON.parse(body))),
  },
  {
    bug: 'cells lose keys of prototypes',
    caughtBy: 'Cells come back equal: keys of prototypes are plain keys, numbers stay doubles',
    plant: eachAppend((append) => {
      if (!append.cell) return append
      const state: Record<string, unknown> = {}
      for (const [name, value] of Object.entries(append.cell.state)) state[name] = value
      return { ...append, cell: { ...append.cell, state: state as typeof append.cell.state } }
    }),
  },
  {
    bug: 'the stored cell is handed out unfrozen',
    caughtBy: 'Nothing that a caller does to what it gave or got changes what is stored',
    plant: verbs((inner, state, scope) => ({
      async cell(session) {
        const row = rowOf(state, scope, session)
        if (row?.cell && Object.isFrozen(row.cell)) force(row, { cell: structuredClone(row.cell) })
        return inner.cell(session)
      },
    })),
  },
  {
    bug: 'a closed store goes on answering',
    caughtBy: 'Opening and closing twice is fine; a closed store refuses every verb with shutting_down',
    plant: (store) => ({ ...store, close: async () => undefined }),
  },
]

function bodies(change: (body: string) => string): Plant['plant'] {
  return eachAppend((append) => ({
    ...append,
    entries: append.entries.map((entry) => (entry.body === null ? entry : { ...entry, body: change(entry.body) })),
  }))
}

export const endingPlants: readonly Plant[] = [...foldingPlants, ...deletions, ...marks, ...blobs, ...texts]
