// Planted bugs in writing: expects, batches, keys, refs, fences.

import { hintTopic } from '../../bus.ts'
import { keep } from '../../memory/append.ts'
import { refKey } from '../../memory/state.ts'
import type { Outcome } from '../../store.ts'
import { afterSweep, aroundAppends, eachAppend, force, type Plant, refolded, rowOf, verbs, without } from './frame.ts'
import { leasingPlants } from './leasing.ts'

const appends: readonly Plant[] = [
  {
    bug: 'expect is checked for the first append of a batch only',
    caughtBy: 'A second append for the same seq in one batch conflicts',
    plant: eachAppend((append, row, _, index) => (index > 0 && row && append.expect ? refolded(append, row) : append)),
  },
  {
    bug: 'expect is not checked at all',
    caughtBy: 'Of 64 appends for the same seq at once exactly one is accepted',
    plant: eachAppend((append, row) => (row && append.expect ? refolded(append, row) : append)),
  },
  {
    bug: 'the chain is not checked',
    caughtBy: 'The right seq on another chain is a conflict',
    plant: eachAppend((append, row) => (row ? { ...append, prev: row.head.hash } : append)),
  },
  {
    bug: 'opening an id in use writes to it',
    caughtBy: 'Opening an id in use is exists; writing to an unknown one is not_found',
    plant: eachAppend((append, row) => (row && append.expect === 0 && !append.base ? refolded(append, row) : append)),
  },
  {
    bug: 'a refusal does not tell the true seq',
    caughtBy: 'A stale expect is a conflict that tells the true seq and writes nothing',
    plant: aroundAppends(async (append, write) => {
      const outcome = await write(append)
      return outcome.ok ? outcome : { ...outcome, seq: append.expect }
    }),
  },
  {
    bug: 'a refusal refuses the rest of its batch',
    caughtBy: 'A refusal in the middle of a batch does not touch the appends to other sessions',
    plant: verbs((inner) => ({
      async append(batch) {
        const outcomes: Outcome[] = []
        for (const append of batch) {
          const bad = outcomes.find((outcome) => !outcome.ok)
          outcomes.push(bad ?? (await inner.append([append]))[0] ?? { ok: false, code: 'invalid', seq: 0 })
        }
        return outcomes
      },
    })),
  },
  {
    bug: 'a refused append leaves its refs behind',
    caughtBy: 'A refused append leaves nothing behind: entry, head, cell, key, ref, list place, feed',
    plant: aroundAppends(async (append, write, row) => {
      for (const ref of append.refs ?? []) {
        row?.refs.set(refKey(ref), ref)
        row?.tenant.refs.set(refKey(ref), row)
      }
      return write(append)
    }),
  },
  {
    bug: 'an append is cut at 1,000 entries',
    caughtBy: 'An append of 1,500 entries is stored whole',
    plant: eachAppend((append) => {
      const entries = append.entries.slice(0, 1000)
      const last = entries.at(-1)
      return last ? { ...append, entries, head: { ...append.head, seq: last.seq, hash: last.hash } } : append
    }),
  },
  {
    bug: 'an append without a cell empties it',
    caughtBy: 'Head and cell are those of the last append; an append without a cell leaves it',
    plant: eachAppend((append) => ({ cell: { state: {}, metadata: {}, agentData: {} }, ...append })),
  },
  {
    bug: 'the form of an append is mended instead of refused',
    caughtBy: 'An append that contradicts itself is invalid and writes nothing',
    plant: eachAppend((append) => {
      const last = append.entries.at(-1)
      return last ? { ...append, head: { ...append.head, seq: last.seq, hash: last.hash } } : append
    }),
  },
  {
    bug: 'run and cause of entries are lost',
    caughtBy: 'Entries come back field by field as they were stored',
    plant: eachAppend((append) => ({
      ...append,
      entries: append.entries.map(({ run: _, cause: __, ...rest }) => rest),
    })),
  },
  {
    bug: 'refused appends are hinted too',
    caughtBy: 'The store hints each session it wrote to, after the commit, with its seq',
    plant: (store, state) =>
      aroundAppends(async (append, write, row) => {
        const outcome = await write(append)
        const { session } = append
        if (!outcome.ok) store.bus.publish(hintTopic, { tenant: row?.tenant.name, session, seq: outcome.seq })
        return outcome
      })(store, state),
  },
]

const keys: readonly Plant[] = [
  {
    bug: 'the digest of a key is ignored',
    caughtBy: 'The same key with another digest is key_reused and writes nothing',
    plant: eachAppend((append, row) => {
      const known = append.key && row?.keys?.get(append.key.id)
      return known && append.key ? { ...append, key: { ...append.key, digest: known.digest } } : append
    }),
  },
  {
    bug: 'a key is looked up after expect',
    caughtBy: 'A known key is looked up before expect, fence, refs and blobs',
    plant: eachAppend((append, row) => (row && append.expect !== row.head.seq ? without(append, 'key') : append)),
  },
  {
    bug: 'a key is looked up after the fence',
    caughtBy: 'A known key is looked up before expect, fence, refs and blobs',
    plant: eachAppend((append, row) => {
      return append.fence !== undefined && append.fence !== row?.fence ? without(append, 'key') : append
    }),
  },
  {
    bug: 'a key is not found when it came earlier in the same batch',
    caughtBy: 'The same key twice in one batch is written once',
    plant: eachAppend((append, _, __, index) => (index > 0 ? without(append, 'key') : append)),
  },
  {
    bug: 'a refused append keeps its key',
    caughtBy: 'A key that came with a refused append is not kept',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(append)
      if (!outcome.ok && row && append.key && !row.keys?.has(append.key.id)) keep(row, append.key, 1, 1)
      return outcome
    }),
  },
  {
    bug: 'keys are shared by all sessions of a tenant',
    caughtBy: 'A key belongs to one session: others, forks included, know nothing of it',
    plant: eachAppend((append, _, state) => {
      const known = append.key && state.rows.flatMap((row) => row.keys?.get(append.key?.id ?? '') ?? [])[0]
      return known ? { ...append, key: { id: 'taken', digest: '' }, blobs: ['no such blob'] } : append
    }),
  },
  {
    bug: 'the tombstone forgets keys',
    caughtBy: 'Keys answer from the trash and from the tombstone',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const outcome = await inner.delete(session, deletion)
        force(rowOf(state, scope, session), { keys: null })
        return outcome
      },
    })),
  },
  {
    bug: 'receipts name the first seq only',
    caughtBy: 'Receipts name first and last seq of each known key, and null for unknown ones',
    plant: verbs((inner) => ({
      async receipts(session, ids) {
        return (await inner.receipts(session, ids)).map((known) => known && { ...known, last: known.first })
      },
    })),
  },
  {
    bug: 'keys are compared without case',
    caughtBy: 'Keys are told apart to the last character, spaces and marks included',
    plant: eachAppend((append) =>
      append.key ? { ...append, key: { ...append.key, id: append.key.id.toLowerCase() } } : append,
    ),
  },
]

const refs: readonly Plant[] = [
  {
    bug: 'a ref is given to whoever binds it last',
    caughtBy: 'A ref that another session has is ref_taken; the same session may bind it again',
    plant: eachAppend((append, row) => {
      for (const ref of append.refs ?? []) row?.tenant.refs.delete(refKey(ref))
      return append
    }),
  },
  {
    bug: 'a branch stays with the session that bound it first',
    caughtBy: 'A branch points to the session that bound it last',
    plant: eachAppend((append, row, state) => {
      const taken = append.refs?.some((ref) => state.rows.some((other) => other !== row && other.refs.has(refKey(ref))))
      return taken ? without(append, 'refs') : append
    }),
  },
  {
    bug: 'deletion frees foreign refs at once',
    caughtBy: 'Deletion frees refs at once, foreign ones with the tombstone',
    plant: verbs((inner, state, scope) => ({
      async delete(session, deletion) {
        const outcome = await inner.delete(session, deletion)
        const row = rowOf(state, scope, session)
        for (const key of row?.refs.keys() ?? []) row?.tenant.refs.delete(key)
        return outcome
      },
    })),
  },
  {
    bug: 'the trash frees refs',
    caughtBy: 'The trash keeps refs',
    plant: aroundAppends(async (append, write, row) => {
      const outcome = await write(append)
      if (append.head.place === 'trash') for (const key of row?.refs.keys() ?? []) row?.tenant.refs.delete(key)
      return outcome
    }),
  },
]

const fences: readonly Plant[] = [
  {
    bug: 'the fence is not checked',
    caughtBy: 'An append under the present fence is taken, under an older or unknown one fenced',
    plant: eachAppend((append) => without(append, 'fence')),
  },
  {
    bug: 'a higher fence than the present one passes',
    caughtBy: 'An append under the present fence is taken, under an older or unknown one fenced',
    plant: eachAppend((append, row) => ((append.fence ?? 0) > (row?.fence ?? 0) ? without(append, 'fence') : append)),
  },
  {
    bug: 'the fence is checked for the first append of a batch only',
    caughtBy: 'The fence is checked when it is written, for each append of a batch',
    plant: eachAppend((append, _, __, index) => (index > 0 ? without(append, 'fence') : append)),
  },
  {
    bug: 'release does not raise the fence',
    caughtBy: 'Releasing raises the fence: what the holder still sends is fenced',
    plant: verbs((inner, state, scope) => ({
      async release(lease) {
        const fence = rowOf(state, scope, lease.session)?.fence ?? 0
        await inner.release(lease)
        force(rowOf(state, scope, lease.session), { fence })
      },
    })),
  },
  {
    bug: 'a swept tombstone resets the fence of its id',
    caughtBy: 'Deletion never resets the fence: one that was released is fenced when its id is opened anew',
    plant: afterSweep((state) => {
      state.fenceFloor = 0
    }),
  },
  {
    bug: 'taking again raises the fence of the same holder',
    caughtBy: 'The same holder gets its lease again, with the same fence and a new time',
    plant: verbs((inner, state, scope) => ({
      async acquire(session, holder, ttl) {
        const row = rowOf(state, scope, session)
        if (row?.lease?.holder === holder) force(row, { lease: null })
        return inner.acquire(session, holder, ttl)
      },
    })),
  },
  {
    bug: 'a lease never runs out',
    caughtBy: 'A lease belongs to one holder until it runs out',
    plant: verbs((inner, state, scope) => ({
      async acquire(session, holder, ttl) {
        const held = rowOf(state, scope, session)?.lease
        return held && held.holder !== holder ? null : inner.acquire(session, holder, ttl)
      },
    })),
  },
  {
    bug: 'whoever asks gets the lease',
    caughtBy: 'Of 16 who ask at once one gets the lease',
    plant: verbs((inner, state, scope) => ({
      async acquire(session, holder, ttl) {
        force(rowOf(state, scope, session), { lease: null })
        return inner.acquire(session, holder, ttl)
      },
    })),
  },
  {
    bug: 'releasing a lost lease frees the new one',
    caughtBy: 'Releasing frees the session; releasing a lost lease leaves the new one alone',
    plant: verbs((inner, state, scope) => ({
      async release(lease) {
        await inner.release(lease)
        force(rowOf(state, scope, lease.session), { lease: null })
      },
    })),
  },
  {
    bug: 'a lease that was taken over can be renewed',
    caughtBy: 'Renewing counts from now; a lease that was taken over or released cannot be renewed',
    plant: verbs((inner) => ({
      async renew(lease, ttl) {
        return (await inner.renew(lease, ttl)) ?? lease
      },
    })),
  },
]

export const writingPlants: readonly Plant[] = [...appends, ...keys, ...refs, ...fences, ...leasingPlants]
