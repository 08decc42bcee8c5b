// P12: the store in Redis on a server that waits for the disk, against bare XADD on the same server.

import { Redis } from 'ioredis'
import { after, opening } from '../packages/daybook/src/store/conformance/drafts.ts'
import { Server } from '../packages/daybook/src/store/redis/server.fixture.ts'
import { redisStore } from '../packages/daybook/src/store/redis.ts'
import type { Append, ScopedStore } from '../packages/daybook/src/store/store.ts'
import { timedAppenders } from './appenders.ts'
import { logOver } from './daybook.ts'
import { Bench, times, type Variant } from './harness.ts'
import { message } from './message.ts'

const bench = new Bench('redis')
const inFlight = 64
const totals = { one: bench.size(600, 300), shared: bench.size(12_800, 6_400) }

/** Appends that are ready to be sent, for sessions in turn; the store's work begins with the call. */
class Prepared {
  readonly #scope: ScopedStore
  readonly #heads: Append['head'][]

  private constructor(scope: ScopedStore, heads: Append['head'][]) {
    this.#scope = scope
    this.#heads = heads
  }

  static async over(scope: ScopedStore, sessions: number): Promise<Prepared> {
    const openings = Array.from({ length: sessions }, (_, i) => opening(`of-${i}`))
    await scope.append(openings)
    return new Prepared(
      scope,
      openings.map(({ head }) => head),
    )
  }

  variant(name: string, count: number, total: number): Variant {
    return {
      name,
      round: () => {
        const appends = Array.from({ length: total }, (_, i) => this.#next(i))
        return timedAppenders(count, total, async (i) => {
          const [outcome] = await this.#scope.append([appends[i] as Append])
          if (!outcome?.ok) throw new Error(`refused: ${outcome?.code}`)
        })
      },
    }
  }

  #next(i: number): Append {
    const at = i % this.#heads.length
    const append = after(this.#heads[at] as Append['head'], { bodies: [JSON.stringify(message(i))] })
    this.#heads[at] = append.head
    return append
  }
}

/** The floor: the same text into as many streams, with nothing checked, listed or fed. */
function bare(raw: Redis, name: string, count: number, total: number): Variant {
  return {
    name,
    round: () => {
      const texts = Array.from({ length: total }, (_, i) => JSON.stringify(message(i)))
      return timedAppenders(count, total, async (i) => {
        await raw.xadd(`bare:${i % inFlight}`, '*', 'entry', texts[i] ?? '')
      })
    },
  }
}

async function appends(title: string, settings: readonly string[], durable: 'power' | 'none'): Promise<void> {
  const server = await Server.start(settings)
  const raw = new Redis(server.url)
  const store = redisStore({ url: server.url, durable, prefix: 'store:' })
  await store.open()
  const prepared = await Prepared.over(store.within({ tenant: 'bench', subjects: 'all' }), inFlight)
  const log = await logOver(redisStore({ url: server.url, durable, prefix: 'log:' }))
  for (let i = 0; i < inFlight; i++) await log.fill(`of-${i}`, 1)
  const names = {
    bareOne: 'XADD, one in flight',
    bareMany: `XADD, ${inFlight} in flight`,
    one: 'store, one in flight',
    many: `store, ${inFlight} in flight`,
    whole: `whole product, ${inFlight} in flight`,
  }
  const table = await bench.race(title, 'us per append', names.one, [
    bare(raw, names.bareOne, 1, totals.one),
    bare(raw, names.bareMany, inFlight, totals.shared),
    prepared.variant(names.one, 1, totals.one),
    prepared.variant(names.many, inFlight, totals.shared),
    {
      name: names.whole,
      round: () => timedAppenders(inFlight, totals.shared, (i) => log.append(`of-${i % inFlight}`, i)),
    },
  ])
  const id = 'P12'
  const gain = times(table, names.one, names.many)
  bench.bar({ id, what: `${title}: one in flight over ${inFlight}`, value: gain, is: 'at least', limit: 5 })
  const share = times(table, names.bareMany, names.many)
  bench.bar({
    id,
    what: `${title}: XADD over the store, ${inFlight} in flight`,
    value: share,
    is: 'at least',
    limit: 0.5,
  })
  await log.close()
  await store.close()
  raw.disconnect()
  await server.stop()
}

await appends('appendfsync always', ['--appendonly', 'yes', '--appendfsync', 'always'], 'power')
await appends('no append-only file', ['--appendonly', 'no'], 'none')
bench.remark('XADD adds the text of one message to a stream and nothing else. The whole product also folds and hashes.')
bench.finish()
