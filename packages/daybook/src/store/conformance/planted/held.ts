// Planted bugs in what is told of keys and marks as a whole.

import type { StoreAdmin } from '../../admin.ts'
import type { Plant } from './frame.ts'

/** A plant that replaces calls of the operator's side. */
function operators(change: (admin: StoreAdmin) => Partial<StoreAdmin>): Plant['plant'] {
  return (store) => ({ ...store, admin: { ...store.admin, ...change(store.admin) } })
}

const ofRanges = 'The keys of appends are told by the range that they begin in, each with its digest and its seqs'
const ofMarks = 'Every mark of every tenant is told once over the pages, those of deleted sessions not'

export const heldPlants: readonly Plant[] = [
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
