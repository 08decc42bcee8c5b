// The carried bus over a carrier inside this process: who hears what, in pieces and behind gaps.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../until.fixture.ts'
import { deltaTopic, hintTopic } from './bus.ts'
import { type CarriedBus, type Carrier, carriedBus } from './carried-bus.ts'

/** A network of one process: all texts in order, and whether a text is dropped. */
class Air {
  readonly texts: string[] = []
  readonly #listeners = new Set<(text: string) => void>()
  readonly #lost = new Set<() => void>()
  readonly #mostBytes: number

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  carrier(): Carrier {
    return {
      mostBytes: this.#mostBytes,
      send: async (texts) => {
        for (const text of texts) {
          ok(Buffer.byteLength(text) <= this.#mostBytes, 'a text is longer than the carrier takes')
          this.texts.push(text)
          for (const listener of this.#listeners) listener(text)
        }
      },
      receive: (listener, lost) => {
        this.#listeners.add(listener)
        this.#lost.add(lost)
        return () => {
          this.#listeners.delete(listener)
          this.#lost.delete(lost)
        }
      },
    }
  }

  gap(): void {
    for (const lost of this.#lost) lost()
  }
}

const topic = deltaTopic('acme', 'one')

async function pair(
  body: (a: CarriedBus, b: CarriedBus, air: Air, time: { now: number }) => Promise<void>,
  mostBytes = 1000,
): Promise<void> {
  const air = new Air(mostBytes)
  const time = { now: 0 }
  const clock = (): number => time.now
  const [a, b] = ['a', 'b'].map((id) => carriedBus(air.carrier(), { id, clock })) as [CarriedBus, CarriedBus]
  try {
    await body(a, b, air, time)
  } finally {
    await a.close()
    await b.close()
  }
}

/** Hears a topic, and waits until the others know. */
async function hears(bus: CarriedBus, air: Air): Promise<unknown[]> {
  const heard: unknown[] = []
  const before = air.texts.length
  bus.subscribe(topic, (message) => heard.push(message))
  await until(() => air.texts.length > before)
  return heard
}

describe('the carried bus', () => {
  it('tells hints to everybody, those of one session that wait together once, with the last seq', async () => {
    await pair(async (a, b) => {
      const [here, there]: [unknown[], unknown[]] = [[], []]
      a.subscribe(hintTopic, (hint) => here.push(hint))
      b.subscribe(hintTopic, (hint) => there.push(hint))
      for (const seq of [1, 2, 3]) a.publish(hintTopic, { tenant: 'acme', session: 'one', seq })
      a.publish(hintTopic, { tenant: 'acme', session: 'two', seq: 7 })
      strictEqual(here.length, 4)
      await until(() => there.length > 0)
      deepStrictEqual(there, [
        { tenant: 'acme', session: 'one', seq: 3 },
        { tenant: 'acme', session: 'two', seq: 7 },
      ])
    })
  })

  it('carries deltas only while somebody elsewhere listens, in their order', async () => {
    await pair(async (a, b, air, time) => {
      a.publish(topic, { text: 'nobody hears this' })
      const heard = await hears(b, air)
      for (const n of [1, 2, 3]) a.publish(topic, { n })
      await until(() => heard.length === 3)
      deepStrictEqual(heard, [{ n: 1 }, { n: 2 }, { n: 3 }])
      // Who does not ask again is forgotten.
      time.now += 60_000
      const before = air.texts.length
      a.publish(topic, { n: 4 })
      a.publish(hintTopic, { tenant: 'acme', session: 'one', seq: 1 })
      await until(() => air.texts.length > before)
      ok(!air.texts.slice(before).some((text) => text.includes('"n":4')))
    })
  })

  it('tells who is new at once what is listened to', async () => {
    await pair(async (_, b, air) => {
      const heard = await hears(b, air)
      const late = carriedBus(air.carrier(), { id: 'late' })
      late.subscribe('something else', () => undefined)
      const asked = (): boolean => air.texts.some((text) => text.includes('"late"'))
      await until(() => asked() && air.texts.slice(-1).some((text) => text.includes(topic)))
      late.publish(topic, { n: 1 })
      await until(() => heard.length === 1)
      await late.close()
    })
  })

  it('takes messages of any length and any characters apart and together again', async () => {
    await pair(async (a, b, air) => {
      const heard = await hears(b, air)
      const long = { text: 'Ж漢\u0000"\\👩‍🚀'.repeat(2000) }
      a.publish(topic, long)
      a.publish(topic, { short: true })
      await until(() => heard.length === 2)
      deepStrictEqual(heard, [long, { short: true }])
    }, 400)
  })

  it('has everybody look again, and asks again, when texts may have been missed', async () => {
    await pair(async (a, b, air) => {
      await hears(b, air)
      const hints: unknown[] = []
      a.subscribe(hintTopic, (hint) => hints.push(hint))
      const before = air.texts.length
      air.gap()
      strictEqual(hints.length, 1)
      await until(() => air.texts.slice(before).some((text) => text.includes('"wanted"')))
    })
  })

  it('does not stumble over what is no parcel, and says what a carrier failed with', async () => {
    const air = new Air(1000)
    const errors: unknown[] = []
    const failing = { ...air.carrier(), send: async () => Promise.reject(new Error('no way')) }
    const bus = carriedBus(failing, { id: 'a', onError: (error) => errors.push(error) })
    await air.carrier().send(['nonsense', '#piece', '#x 1 0 2 !!'])
    strictEqual(errors.length, 1)
    bus.publish(hintTopic, { tenant: 'acme', session: 'one', seq: 1 })
    await until(() => errors.length === 2)
    await bus.close()
  })
})
