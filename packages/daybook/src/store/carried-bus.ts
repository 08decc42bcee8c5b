// A bus over several processes: what is published is heard here at once, and carried to those elsewhere who asked for it.

import { type Bus, type Hint, hintTopic, localBus } from './bus.ts'

/** Carries texts between processes: best effort, in no order. */
export interface Carrier {
  /** Most bytes of UTF-8 in one text. */
  readonly mostBytes: number
  /** Sends to everybody, the sender too. A text that could not be sent is lost, and told to nobody. */
  send(texts: readonly string[]): Promise<void>
  /** `lost` is called when texts may have been missed, for example behind a new connection. Returns the call that ends it. */
  receive(listener: (text: string) => void, lost: () => void): () => void
}

export interface CarriedBusOptions {
  /** Of this process, unique among all that share the store. */
  readonly id: string
  readonly onError?: (error: unknown) => void
  /** Monotonic milliseconds; default `performance.now`. */
  readonly clock?: () => number
}

export interface CarriedBus extends Bus {
  /** Ends what it hears and says. What was published before is still sent. */
  close(): Promise<void>
}

/** Somebody who listens elsewhere says so again after this time, and is forgotten after three times as long. */
const renewMs = 10_000
/** What is said within this time travels together. */
const gatherMs = 5
/** Most characters that wait to be sent; deltas beyond are dropped. */
const mostWaiting = 4_000_000
/** Texts of which some pieces came; the oldest are forgotten. */
const mostPartial = 256

type Said = readonly [topic: string, message: unknown]
/** What travels: who says it, what is said, and which topics are asked for. */
interface Parcel {
  readonly from: string
  readonly said?: readonly Said[]
  readonly wanted?: readonly string[]
}

/**
 * Hints always travel, for every process follows; other topics only while somebody elsewhere listens to them. Hints of one
 * session that wait together become one. Messages that are longer than the carrier takes travel in pieces.
 */
export function carriedBus(carrier: Carrier, options: CarriedBusOptions): CarriedBus {
  return new Carried(carrier, options)
}

class Carried implements CarriedBus {
  readonly #carrier: Carrier
  readonly #id: string
  /** How every text of this process begins. */
  readonly #own: string
  readonly #clock: () => number
  readonly #onError: (error: unknown) => void
  readonly #local: Bus
  readonly #end: () => void
  readonly #mine = new Map<string, number>()
  /** Topics that others listen to, and until when. */
  readonly #wanted = new Map<string, number>()
  /** Processes that were heard, and until when they count as known. */
  readonly #others = new Map<string, number>()
  readonly #partial = new Map<string, string[]>()
  readonly #renewing: NodeJS.Timeout
  #hints = new Map<string, Hint>()
  #said: Said[] = []
  #asks = new Set<string>()
  #waiting = 0
  #timer: NodeJS.Timeout | null = null
  #sending: Promise<void> = Promise.resolve()
  #texts = 0

  constructor(carrier: Carrier, { id, onError, clock = () => performance.now() }: CarriedBusOptions) {
    this.#carrier = carrier
    this.#id = id
    this.#own = JSON.stringify({ from: id } satisfies Parcel).slice(0, -1)
    this.#clock = clock
    this.#onError = onError ?? (() => undefined)
    this.#local = onError ? localBus(onError) : localBus()
    this.#end = carrier.receive(
      (text) => this.#take(text),
      () => this.#missed(),
    )
    this.#renewing = setInterval(() => this.#renew(), renewMs)
    this.#renewing.unref()
  }

  publish(topic: string, message: unknown): void {
    this.#local.publish(topic, message)
    if (topic === hintTopic) {
      const hint = message as Hint
      this.#hints.set(JSON.stringify([hint.tenant, hint.session]), hint)
    } else {
      if ((this.#wanted.get(topic) ?? Number.NEGATIVE_INFINITY) < this.#clock()) return
      const size = JSON.stringify(message).length
      if (this.#waiting + size > mostWaiting) return
      this.#waiting += size
      this.#said.push([topic, message])
    }
    this.#soon()
  }

  subscribe(topic: string, listener: (message: unknown) => void): () => void {
    const end = this.#local.subscribe(topic, listener)
    const count = this.#mine.get(topic) ?? 0
    this.#mine.set(topic, count + 1)
    if (count === 0 && topic !== hintTopic) {
      this.#asks.add(topic)
      this.#soon()
    }
    let ended = false
    return () => {
      end()
      const left = (this.#mine.get(topic) ?? 1) - 1
      if (!ended && left > 0) this.#mine.set(topic, left)
      else if (!ended) this.#mine.delete(topic)
      ended = true
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#renewing)
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#send()
    this.#end()
    await this.#sending
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#send()
    }, gatherMs)
  }

  #renew(): void {
    for (const topic of this.#mine.keys()) if (topic !== hintTopic) this.#asks.add(topic)
    const now = this.#clock()
    for (const known of [this.#wanted, this.#others]) {
      for (const [name, until] of known) if (until < now) known.delete(name)
    }
    if (this.#asks.size > 0) this.#soon()
  }

  #send(): void {
    const said: Said[] = [...[...this.#hints.values()].map((hint): Said => [hintTopic, hint]), ...this.#said]
    const wanted = [...this.#asks]
    if (said.length === 0 && wanted.length === 0) return
    this.#hints = new Map()
    this.#said = []
    this.#asks = new Set()
    this.#waiting = 0
    const texts = this.#parcels(said, wanted)
    // One after the other, so that deltas keep their order where the carrier keeps one.
    this.#sending = this.#sending.then(() => this.#carrier.send(texts)).catch(this.#onError)
  }

  /** As few texts as fit. */
  #parcels(said: readonly Said[], wanted: readonly string[]): string[] {
    const texts: string[] = []
    const flush = (parcel: Omit<Parcel, 'from'>): void => {
      texts.push(...this.#pieces(JSON.stringify({ from: this.#id, ...parcel })))
    }
    // A character is at most three bytes of UTF-8, and twice six where JSON escapes it.
    const room = this.#carrier.mostBytes / 3 - this.#id.length - 64
    for (const part of gathered(said, room)) flush({ said: part })
    for (const part of gathered(wanted, room)) flush({ wanted: part })
    return texts
  }

  #pieces(text: string): string[] {
    const bytes = Buffer.from(text)
    const { mostBytes } = this.#carrier
    if (bytes.length < mostBytes) return [text]
    this.#texts += 1
    // Base64 keeps characters whole that a cut would tear.
    const encoded = bytes.toString('base64')
    const each = mostBytes - this.#id.length - 48
    const count = Math.ceil(encoded.length / each)
    const name = `${this.#id} ${this.#texts}`
    return Array.from({ length: count }, (_, i) => `#${name} ${i} ${count} ${encoded.slice(i * each, (i + 1) * each)}`)
  }

  #take(text: string): void {
    const whole = text.startsWith('#') ? this.#joined(text) : text
    // Every text comes back to its sender, and has the sender's name first.
    if (whole === null || whole.startsWith(this.#own)) return
    try {
      const { from, said = [], wanted = [] } = JSON.parse(whole) as Parcel
      // Who is new has not heard what is listened to here.
      if (!this.#others.has(from)) this.#renew()
      this.#others.set(from, this.#clock() + 3 * renewMs)
      for (const topic of wanted) this.#wanted.set(topic, this.#clock() + 3 * renewMs)
      for (const [topic, message] of said) this.#local.publish(topic, message)
    } catch (error) {
      this.#onError(error)
    }
  }

  /** The whole text once its last piece came. */
  #joined(piece: string): string | null {
    const [, id, number, index, count, part] = /^#(\S+) (\d+) (\d+) (\d+) (.*)$/s.exec(piece) ?? []
    if (id === undefined || id === this.#id || part === undefined) return null
    const name = `${id} ${number}`
    const parts = this.#partial.get(name) ?? []
    parts[Number(index)] = part
    this.#partial.set(name, parts)
    if (Object.keys(parts).length === Number(count)) {
      this.#partial.delete(name)
      return Buffer.from(parts.join(''), 'base64').toString()
    }
    const [oldest] = this.#partial.keys()
    if (this.#partial.size > mostPartial && oldest !== undefined) this.#partial.delete(oldest)
    return null
  }

  /** Whoever follows looks at the log again; whoever listens elsewhere is asked for again. */
  #missed(): void {
    this.#local.publish(hintTopic, { tenant: '', session: '', seq: 0 } satisfies Hint)
    this.#renew()
  }
}

/** Cut into parts whose JSON texts have at most `room` characters, or one item. */
function gathered<T>(items: readonly T[], room: number): T[][] {
  const parts: T[][] = []
  let left = 0
  for (const item of items) {
    const size = JSON.stringify(item).length + 1
    if (size > left || parts.length === 0) {
      parts.push([])
      left = room
    }
    parts.at(-1)?.push(item)
    left -= size
  }
  return parts
}
