// Random programs over a few sessions: their steps, how a step becomes calls, and what is compared afterwards.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Append, Deletion, Outcome, Ref } from '../store.ts'
import { after, deleting, digest, forking, key, opening } from './drafts.ts'
import { type Life, type Model, newFence, refName, sameFence } from './model.ts'
import { anna, bob, type StoreUnderTest, World, wholeFeed } from './suite.ts'

export const extras = [
  ...(['none', 'key', 'other key', 'ref', 'blob', 'erase', 'share', 'due'] as const),
  ...(['fence', 'old fence', 'take', 'give back', 'key and take'] as const),
] as const

/** One append, named so that it means something whatever the session has become. */
export interface Write {
  readonly session: string
  readonly how: 'open' | 'next' | 'stale' | 'fork'
  /** Of a fork. */
  readonly base: string
  /** Counts back: from the end of the base, or to the entry that is erased. */
  readonly back: number
  readonly count: number
  readonly extra: (typeof extras)[number]
  readonly pick: number
  readonly place: 'open' | 'archived' | 'trash' | null
}

export type Step =
  | { readonly step: 'append'; readonly batch: readonly Write[] }
  | { readonly step: 'delete'; readonly session: string; readonly stale: boolean; readonly keyed: boolean }
  | { readonly step: 'acquire' | 'release'; readonly session: string; readonly holder: string }
  | { readonly step: 'put'; readonly pick: number }
  | { readonly step: 'wait'; readonly hours: number }
  | { readonly step: 'sweep' | 'reopen' }

export const sessionNames = ['a', 'b', 'c', 'd', 'e'] as const
const refPool: readonly Ref[] = [
  { type: 'run', value: 'r' },
  { type: 'branch', value: 'main' },
  { type: 'foreign.x', value: 'f' },
]
const blobPool = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text))
const blobHashes = ['one', 'two', 'three'].map(digest)

function taker(pick: number): { holder: string; ttl: number } {
  return { holder: pick ? 'x' : 'y', ttl: 3_600_000 }
}

export class Run {
  readonly given: StoreUnderTest
  readonly model: Model
  world: World
  /** Makes every body its own. */
  #count = 0

  constructor(given: StoreUnderTest, model: Model) {
    this.given = given
    this.model = model
    this.world = new World(given)
  }

  async take(step: Step): Promise<void> {
    const { model, world, given } = this
    if (step.step === 'append') await this.#append(step.batch)
    else if (step.step === 'delete') await this.#delete(step)
    else if (step.step === 'acquire') await this.#acquire(step.session, step.holder)
    else if (step.step === 'release') await this.#release(step.session, step.holder)
    else if (step.step === 'put') {
      const hash = await world.anna.blobs.put(blobPool[step.pick] ?? new Uint8Array())
      model.blobs.set(hash, model.now())
    } else if (step.step === 'wait') given.clock.advance(step.hours * 3_600_000)
    else if (step.step === 'sweep') {
      await world.store.admin.sweep()
      model.sweep()
    } else if (given.reopen) this.world = await world.reopened()
  }

  async #append(batch: readonly Write[]): Promise<void> {
    const appends: Append[] = []
    const expected = batch.map((write) => {
      const append = this.#build(write)
      appends.push(append)
      return this.model.append(append)
    })
    const outcomes = await this.world.anna.append(appends)
    deepStrictEqual(
      outcomes,
      expected.map((outcome, index) => this.#fenced(outcome, outcomes[index], appends[index])),
    )
  }

  /** What the model expects, with the fence that the store chose. */
  #fenced(expected: Outcome, told: Outcome | undefined, append: Append | undefined): Outcome {
    if (!expected.ok || expected.fence === undefined || !append?.acquire) return expected
    const { model } = this
    const before = model.fences.get(append.session) ?? 0
    const fence = (told?.ok && told.fence) || 0
    if (expected.fence === sameFence) strictEqual(fence, before)
    if (expected.fence === newFence) ok(fence > before, `fence ${fence} after ${before}`)
    model.fences.set(append.session, fence)
    const life = model.sessions.get(append.session)
    if (life?.lease?.holder === append.acquire.holder) life.fence = fence
    return { ...expected, fence }
  }

  #build(write: Write): Append {
    const life = this.model.sessions.get(write.session)
    const body = () => `"${++this.#count}"`
    const bodies = Array.from({ length: write.count }, body)
    const draft = { bodies, ...this.#extra(write, life) }
    const base = this.model.sessions.get(write.base)
    if (write.how === 'fork' && base) {
      const entry = base.log[Math.max(base.log.length - 1 - write.back, 0)]
      if (entry) return forking(write.session, base.head, entry, draft)
    }
    if (write.how === 'open' || !life) return opening(write.session, draft)
    if (write.how !== 'stale') return after(life.head, draft)
    const earlier: StoredEntry | undefined = life.log.at(-2)
    return earlier ? after({ ...life.head, seq: earlier.seq, hash: earlier.hash }, draft) : after(life.head, draft)
  }

  #extra(write: Write, life: Life | undefined): Partial<Parameters<typeof after>[1]> {
    const newest = life && this.model.fences.get(life.id)
    const place = write.place && write.extra !== 'erase' ? { place: write.place } : {}
    const name = `${write.session} ${write.pick}`
    switch (write.extra) {
      case 'key':
        return { head: place, key: key(name) }
      case 'other key':
        return { head: place, key: key(name, 'other') }
      case 'ref':
        return { head: place, refs: refPool.slice(write.pick, write.pick + 1) }
      case 'blob':
        return { head: place, blobs: blobHashes.slice(write.pick, write.pick + 1) }
      case 'erase':
        return life && write.how === 'next' ? { erase: [Math.max(life.head.seq - write.back, 1)] } : {}
      case 'fence':
        return life?.fence ? { head: place, fence: life.fence } : { head: place }
      case 'old fence':
        return life && newest !== undefined
          ? { head: place, fence: life.fence === null ? newest : newest - 1 }
          : { head: place }
      case 'take':
        return { head: place, acquire: taker(write.pick) }
      case 'key and take':
        return { head: place, key: key(name), acquire: taker(write.pick) }
      case 'give back':
        return life?.fence ? { head: place, fence: life.fence, release: true } : { head: place }
      case 'share':
        return { head: { ...place, readers: write.pick ? [bob] : [] } }
      case 'due':
        return { head: { ...place, due: write.pick ? this.model.now() + write.back * 1000 : null } }
      default:
        return { head: place }
    }
  }

  async #delete({ session, stale, keyed }: Extract<Step, { step: 'delete' }>): Promise<void> {
    const life = this.model.sessions.get(session)
    const head = life?.gone ? { ...life.head, seq: life.head.seq - 1 } : (life?.head ?? opening(session).head)
    const from = stale && head.seq > 1 ? { ...head, seq: head.seq - 1 } : head
    const deletion: Deletion = deleting(from, keyed ? { key: key(`delete ${session}`) } : {})
    deepStrictEqual(await this.world.anna.delete(session, deletion), this.model.delete(session, deletion))
  }

  async #acquire(session: string, holder: string): Promise<void> {
    const { model } = this
    const life = model.sessions.get(session)
    const free = life && !life.gone && (!model.leased(life) || life.lease?.holder === holder)
    const lease = await this.world.anna.acquire(session, holder, 3_600_000)
    strictEqual(lease !== null, free === true, `${holder} asks for ${session}`)
    if (!lease || !life) return
    const before = model.fences.get(session) ?? 0
    const same = life.lease?.holder === holder
    ok(same ? lease.fence >= before : lease.fence > before, `fence ${lease.fence} after ${before}`)
    if (same && model.leased(life)) strictEqual(lease.fence, before)
    model.fences.set(session, lease.fence)
    life.lease = { holder, until: model.now() + lease.left }
    life.fence = lease.fence
  }

  async #release(session: string, holder: string): Promise<void> {
    const life = this.model.sessions.get(session)
    if (life?.lease?.holder !== holder || life.fence === null) return
    await this.world.anna.release({ session, holder, fence: life.fence, left: 0 })
    life.lease = null
    life.fence = null
  }

  /** Everything that can be asked for, against the model. */
  async compare(): Promise<void> {
    for (const session of sessionNames) await this.#compareSession(session)
    await this.#compareLists()
    await this.#compareFeed()
    const { model, world } = this
    for (const ref of refPool) strictEqual(await world.anna.locate(ref), model.refs.get(refName(ref))?.id ?? null)
    for (const hash of blobHashes) strictEqual((await world.anna.blobs.size(hash)) !== null, model.blobs.has(hash))
    const due = model.living().filter(({ head }) => head.due !== null && head.due <= model.now())
    const waiting = due.filter((life) => !model.leased(life)).map((life) => life.id)
    deepStrictEqual((await world.store.due(99)).map((item) => item.session).sort(), waiting.sort())
    const held = due.flatMap(({ id, lease }) => (lease && lease.until > model.now() ? [[id, lease.holder]] : []))
    const told = await world.store.admin.leases(99)
    deepStrictEqual(told.map(({ lease }) => [lease.session, lease.holder]).sort(), held.sort())
    deepStrictEqual(await world.store.admin.check(), [])
  }

  async #compareSession(session: string): Promise<void> {
    const { model, world } = this
    const life = model.sessions.get(session)
    const log = life && !life.gone ? model.shown(life.log) : []
    deepStrictEqual(await world.anna.head(session), life?.head ?? null)
    deepStrictEqual(await world.anna.read(session), log)
    const middle = { after: Math.floor(log.length / 3), until: log.length - 1, order: 'desc', limit: 4 } as const
    const chosen = log.slice(middle.after, Math.max(middle.until, 0)).reverse().slice(0, 4)
    deepStrictEqual(await world.anna.read(session, middle), chosen)
    const names = [...[0, 1, 2].map((pick) => `${session} ${pick}`), `delete ${session}`]
    deepStrictEqual(
      await world.anna.receipts(session, names),
      names.map((name) => life?.keys.get(name) ?? null),
    )
    const refs = [...model.refs].flatMap(([name, holder]) => (holder === life ? [name] : []))
    deepStrictEqual((await world.anna.refs(session)).map(refName).sort(), refs.sort())
    if (life && !life.gone) deepStrictEqual([...(await world.anna.forks(session))].sort(), model.forksOf(life).sort())
    if (!life?.gone && !(life && model.leased(life))) return
    strictEqual(await world.anna.acquire(session, 'stranger', 1), null)
  }

  async #compareLists(): Promise<void> {
    const { model, world } = this
    for (const place of ['open', 'archived', 'trash'] as const) {
      for (const [scope, subject] of [
        [world.anna, anna],
        [world.bob, bob],
      ] as const) {
        const seen = model.living(place).filter(({ head }) => [head.owner, ...head.readers].includes(subject))
        const oldest = seen.map((life) => life.head)
        const page = await scope.list({ place, order: 'oldest' })
        deepStrictEqual([page.items, page.total], [oldest, oldest.length])
        deepStrictEqual((await scope.list({ place, limit: 2 })).items, [...oldest].reverse().slice(0, 2))
      }
    }
  }

  async #compareFeed(): Promise<void> {
    const { model, world } = this
    const expected = model.shownFeed()
    const plain = (items: readonly { session: string; entry: StoredEntry }[]) =>
      items.map(({ session, entry }) => [session, entry])
    deepStrictEqual(plain(await wholeFeed(world.store, null, 5)), plain(expected))
    const his = expected.filter(({ life }) => life.head.readers.includes(bob))
    deepStrictEqual(plain(await wholeFeed(world.bob)), plain(his))
  }
}
