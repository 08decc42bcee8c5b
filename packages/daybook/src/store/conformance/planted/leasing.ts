// Planted bugs in leases that travel with appends.

import type { Row, State } from '../../memory/state.ts'
import type { Append } from '../../store.ts'
import { aroundAppends, eachAppend, force, type Plant, without } from './frame.ts'

/** Has the session held by whoever the append names. */
function hold(row: Row | undefined, { acquire }: Append, state: State): void {
  if (row && acquire)
    force(row, { lease: { holder: acquire.holder, until: state.clock() + acquire.ttl }, fence: row.fence + 1 })
}

const taking: readonly Plant[] = [
  {
    bug: 'an append that takes the lease does not tell the fence',
    caughtBy: 'An append takes the lease as acquire does, and its outcome tells the fence',
    plant: aroundAppends(async (append, write) => {
      const outcome = await write(append)
      if (!outcome.ok) return outcome
      const { fence: _, ...rest } = outcome
      return rest
    }),
  },
  {
    bug: 'an append tells a fence without taking the lease',
    caughtBy: 'An append takes the lease as acquire does, and its outcome tells the fence',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(without(append, 'acquire'))
      return outcome.ok && append.acquire ? { ...outcome, fence: row?.fence ?? 0 } : outcome
    }),
  },
  {
    bug: 'an append takes the lease for ever',
    caughtBy: 'An append takes the lease as acquire does, and its outcome tells the fence',
    plant: eachAppend((append) =>
      append.acquire ? { ...append, acquire: { ...append.acquire, ttl: Number.MAX_SAFE_INTEGER } } : append,
    ),
  },
  {
    bug: 'an append by the holder of the lease raises the fence',
    caughtBy: 'The same holder takes its lease again with an append: the same fence, a new time',
    plant: eachAppend((append, row) => {
      if (append.acquire && row?.lease?.holder === append.acquire.holder) force(row, { lease: null })
      return append
    }),
  },
  {
    bug: 'an opening takes no lease',
    caughtBy: 'An opening takes the lease of what it opens, a fork too',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(row ? append : without(append, 'acquire'))
      return outcome.ok && append.acquire ? { fence: 1, ...outcome } : outcome
    }),
  },
  {
    bug: 'an append overwrites the lease of another holder',
    caughtBy: "While another holder's lease lives, an append that would take it is busy and writes nothing",
    plant: eachAppend((append, row) => {
      if (append.acquire) force(row, { lease: null })
      return append
    }),
  },
  {
    bug: 'an append that cannot take the lease is written without it',
    caughtBy: "While another holder's lease lives, an append that would take it is busy and writes nothing",
    plant: aroundAppends(async (append, write) => {
      const outcome = await write(append)
      return outcome.ok || outcome.code !== 'busy' ? outcome : write(without(append, 'acquire'))
    }),
  },
  {
    bug: 'a refused append takes the lease',
    caughtBy: 'A refused append takes no lease',
    plant: aroundAppends(async (append, write, row, state) => {
      const outcome = await write(append)
      if (!outcome.ok) hold(row, append, state)
      return outcome
    }),
  },
  {
    bug: 'a repeat takes the lease',
    caughtBy: 'A known key gives its receipt, takes no lease and is never busy',
    plant: aroundAppends(async (append, write, row, state) => {
      const outcome = await write(append)
      if (outcome.ok && outcome.replayed) hold(row, append, state)
      return outcome
    }),
  },
  {
    bug: 'a repeat is busy',
    caughtBy: 'A known key gives its receipt, takes no lease and is never busy',
    plant: eachAppend((append, row) =>
      append.acquire && row?.lease && row.lease.holder !== append.acquire.holder ? without(append, 'key') : append,
    ),
  },
  {
    bug: 'busy is told behind conflicts',
    caughtBy: 'Busy is told behind gone and invalid, before exists and conflict, like fenced',
    plant: eachAppend((append, row) =>
      row && append.entries.length > 0 && append.expect !== row.head.seq ? without(append, 'acquire') : append,
    ),
  },
  {
    bug: 'a lease is taken under a fence',
    caughtBy: 'A lease is taken in place of a fence and for a time, and given back under one: else invalid',
    plant: eachAppend((append) => (append.acquire ? without(append, 'fence') : append)),
  },
  {
    bug: 'leases are judged for the first append of a batch only',
    caughtBy: 'Leases are judged for each append of a batch',
    plant: eachAppend((append, _, __, index) => (index > 0 ? without(append, 'acquire') : append)),
  },
]

const giving: readonly Plant[] = [
  {
    bug: 'an append that gives the lease back keeps it',
    caughtBy: 'An append gives the lease of its fence back: others are free, what the holder still sends is fenced',
    plant: eachAppend((append) => without(append, 'release')),
  },
  {
    bug: 'an append that gives the lease back does not raise the fence',
    caughtBy: 'An append gives the lease of its fence back: others are free, what the holder still sends is fenced',
    plant: aroundAppends(async (append, write, row) => {
      const fence = row?.fence ?? 0
      const outcome = await write(append)
      if (append.release) force(row, { fence })
      return outcome
    }),
  },
  {
    bug: 'only a living lease is given back by an append',
    caughtBy: 'A lease that ran out but that nobody took is given back by an append too',
    plant: eachAppend((append, row, state) =>
      row?.lease && row.lease.until <= state.clock() ? without(append, 'release') : append,
    ),
  },
  {
    bug: 'a refused append gives the lease back',
    caughtBy: 'A refused append gives no lease back, a repeat none that was taken since',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(append)
      if (!outcome.ok && append.release) force(row, { lease: null })
      return outcome
    }),
  },
  {
    bug: 'a repeat gives the lease back',
    caughtBy: 'A refused append gives no lease back, a repeat none that was taken since',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(append)
      if (append.release) force(row, { lease: null })
      return outcome
    }),
  },
]

const telling: readonly Plant[] = [
  {
    bug: 'the store tells another time than it judges by',
    caughtBy: 'The store tells the time that it judges by, and an instance beside it the same',
    plant: (store) => {
      const ahead = store.now() + 1
      return { ...store, now: () => ahead }
    },
  },
]

export const leasingPlants: readonly Plant[] = [...taking, ...giving, ...telling]
