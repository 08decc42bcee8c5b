// Planted bugs of what was folded before, which erasures, snapshots and refolds have to keep true.

import { aroundAppends, eachAppend, force, type Plant, rowOf, verbs, without } from './frame.ts'

export const foldingPlants: readonly Plant[] = [
  {
    bug: 'erasing takes the hash of the data along',
    caughtBy: 'Erasing empties the bodies it names and keeps everything else of the entries',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(append)
      row?.entries.splice(
        0,
        Infinity,
        ...row.entries.map((entry) => (entry.body === null ? { ...entry, dataHash: '' } : entry)),
      )
      return outcome
    }),
  },
  {
    bug: 'erasing empties nothing',
    caughtBy: 'Forks, and forks of them, see the emptied body; only the owning session can erase',
    plant: eachAppend((append) => without(append, 'erase')),
  },
  {
    bug: 'the feed still shows erased bodies',
    caughtBy: 'Erasing is itself an entry of the feed, and the feed shows emptied bodies from then on',
    plant: (store) => ({
      ...store,
      async feed(cursor, limit) {
        const page = await store.feed(cursor, limit)
        const items = page.items.map((item) => ({ ...item, entry: { ...item.entry, body: `{"n":${item.entry.seq}}` } }))
        return { ...page, items }
      },
    }),
  },
  {
    bug: "erasing leaves the forks' heads as if nothing had been erased",
    caughtBy:
      'Heads of forks that folded the erased entry are marked as of no fold with the erasure itself; others are not',
    plant: aroundAppends(async (append, write, row) => {
      const kept = [...(row?.forks ?? [])].map((fork) => [fork, fork.head] as const)
      const outcome = await write(append)
      for (const [fork, head] of kept) force(fork, { head })
      return outcome
    }),
  },
  {
    bug: "erasing leaves the forks' snapshots",
    caughtBy:
      'Snapshots from the erased entry on go, in forks that read it too; earlier ones and other forks keep theirs',
    plant: aroundAppends(async (append, write, row) => {
      const kept = [...(row?.forks ?? [])].map((fork) => [fork, fork.snapshots] as const)
      const outcome = await write(append)
      for (const [fork, snapshots] of kept) force(fork, { snapshots })
      return outcome
    }),
  },
  {
    bug: 'the latest snapshot of any fold version is given',
    caughtBy: 'The latest snapshot at or before a seq with the same fold version is found, as it was put',
    plant: verbs((inner, state, scope) => ({
      snapshots: {
        put: inner.snapshots.put,
        drop: inner.snapshots.drop,
        async latest(session, seq) {
          return rowOf(state, scope, session)?.snapshots.findLast((kept) => kept.seq <= seq) ?? null
        },
      },
    })),
  },
  {
    bug: 'a refold does not compare',
    caughtBy: 'A refold on a seq or hash that moved on changes nothing',
    plant: verbs((inner) => ({
      async refold(session, _, head, cell) {
        const present = await inner.head(session)
        return (
          present !== null && inner.refold(session, present, { ...head, seq: present.seq, hash: present.hash }, cell)
        )
      },
    })),
  },
  {
    bug: 'a refold is not counted',
    caughtBy:
      'Who goes on from a fold that was changed without an entry gets conflict, and snapshots of it are not kept',
    plant: verbs((inner, state, scope) => ({
      async refold(session, at, head, cell) {
        const done = await inner.refold(session, at, head, cell)
        if (done) force(rowOf(state, scope, session), { head })
        return done
      },
    })),
  },
  {
    bug: 'an append from before an erasure in the base is taken',
    caughtBy:
      'Who goes on from a fold that was changed without an entry gets conflict, and snapshots of it are not kept',
    plant: eachAppend((append, row) => {
      const refolds = (row?.head.refolds ?? 0) + (append.erase?.length ? 1 : 0)
      return refolds ? { ...append, head: { ...append.head, refolds } } : append
    }),
  },
  {
    bug: 'a refold without a cell empties it',
    caughtBy: 'A refold without a cell keeps the stored one',
    plant: verbs((inner) => ({
      refold: (session, at, head, cell) =>
        inner.refold(session, at, head, cell ?? { state: {}, metadata: {}, agentData: {} }),
    })),
  },
]
