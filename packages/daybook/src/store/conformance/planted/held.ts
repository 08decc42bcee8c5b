// Planted bugs in what is told of keys, marks and leases as a whole.

import type { HeldLease, StoreAdmin } from '../../admin.ts'
import type { State } from '../../memory/state.ts'
import type { Plant } from './frame.ts'

/** A plant that replaces calls of the operator's side. */
function operators(change: (admin: StoreAdmin) => Partial<StoreAdmin>): Plant['plant'] {
  return (store) => ({ ...store, admin: { ...store.admin, ...change(store.admin) } })
}

const ofRanges = 'The keys of appends are told by the range that they begin in, each with its digest and its seqs'
const ofMarks = 'Every mark of every tenant is told once over the pages, those of deleted sessions not'

const ofLeases =
  'The live leases on what is due are told, the one that runs out soonest first, of holders that begin so'

/** A plant that changes what is told of leases, or tells more. */
function leases(
  change: (told: readonly HeldLease[], state: State, holders: string) => readonly HeldLease[],
): Plant['plant'] {
  return (store, state) => {
    const { leases } = store.admin
    const told: StoreAdmin['leases'] = async (limit, holders = '') =>
      change(await leases(1000, ''), state, holders).slice(0, limit)
    return { ...store, admin: { ...store.admin, leases: told } }
  }
}

const beginning = ({ lease }: HeldLease, holders: string): boolean => lease.holder.startsWith(holders)

/** Every lease that was ever given and not given back, of rows that this takes. */
function given(state: State, takes: (row: State['rows'][number]) => boolean): HeldLease[] {
  return state.rows.flatMap((row) => {
    const { lease, tenant, id, fence } = row
    if (lease === null || !takes(row)) return []
    const left = lease.until - state.clock()
    return [{ tenant: tenant.name, lease: { session: id, holder: lease.holder, fence, left } }]
  })
}

const soonestFirst = (one: HeldLease, other: HeldLease): number => one.lease.left - other.lease.left

const leasePlants: readonly Plant[] = [
  {
    bug: 'leases that ran out are told',
    caughtBy: ofLeases,
    plant: leases((_, state, holders) => {
      const due = given(state, ({ head }) => head.due !== null && head.due <= state.clock())
      return due.filter((one) => beginning(one, holders)).sort(soonestFirst)
    }),
  },
  {
    bug: 'leases on what is not due are told',
    caughtBy: ofLeases,
    plant: leases((_, state, holders) => {
      const live = given(state, ({ lease }) => lease !== null && lease.until > state.clock())
      return live.filter((one) => beginning(one, holders)).sort(soonestFirst)
    }),
  },
  {
    bug: 'the lease that runs out last is told first',
    caughtBy: ofLeases,
    plant: leases((told, _, holders) => told.filter((one) => beginning(one, holders)).toReversed()),
  },
  {
    bug: 'leases of every holder are told',
    caughtBy: ofLeases,
    plant: leases((told) => told),
  },
  {
    bug: 'leases of holders are told whose names have it anywhere',
    caughtBy: ofLeases,
    plant: leases((told, _, holders) => told.filter(({ lease }) => lease.holder.includes(holders))),
  },
  {
    bug: 'leases are told of one tenant',
    caughtBy: ofLeases,
    plant: leases((told, _, holders) => told.filter((one) => one.tenant === 'acme' && beginning(one, holders))),
  },
  {
    bug: 'a lease is told with another fence',
    caughtBy: 'A lease as it is told can be released: what is due shows again, and whoever held it is fenced',
    plant: leases((told) => told.map(({ tenant, lease }) => ({ tenant, lease: { ...lease, fence: lease.fence - 1 } }))),
  },
]

export const heldPlants: readonly Plant[] = [
  ...leasePlants,
  {
    bug: 'keys of appends that only end in the range are told too',
    caughtBy: ofRanges,
    plant: operators((admin) => ({
      async keys(tenant, ranges) {
        const whole = ranges.map((range) => ({ ...range, first: 1, last: Number.MAX_SAFE_INTEGER }))
        const held = await admin.keys(tenant, whole)
        return held.map((keys, index) => keys.filter(({ last }) => last >= (ranges[index]?.first ?? 0)))
      },
    })),
  },
  {
    bug: 'the keys of one tenant are told to another',
    caughtBy: ofRanges,
    plant: operators((admin) => ({ keys: (_, ranges) => admin.keys('acme', ranges) })),
  },
  {
    bug: 'a page of marks ends with its last whole session',
    caughtBy: ofMarks,
    plant: operators((admin) => ({
      async marks(cursor, limit) {
        const page = await admin.marks(cursor, limit)
        const cut = page.cursor !== null && page.items.length > 1
        return cut ? { ...page, items: page.items.slice(0, -1) } : page
      },
    })),
  },
]
