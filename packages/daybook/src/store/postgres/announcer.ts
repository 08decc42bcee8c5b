// Hints and deltas between servers: carried by NOTIFY after the commit; what gets lost is found by looking.

import { type Bus, type Hint, hintTopic, type Listener } from '../bus.ts'
import { type CarriedBus, type Carrier, carriedBus } from '../carried-bus.ts'
import { sha256 } from '../hash.ts'
import type { Connection } from './connection.ts'

/** The server takes less than 8,000 bytes at once. */
const mostBytes = 7900
/** A message waits for no disk: the commit it tells of is durable already. */
const told = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)"
/** Milliseconds between two looks for entries that nobody announced. */
const looked = 1000
/** Milliseconds for which another server counts as writing: a few commits of a slow disk. */
const writingMs = 250

export interface Announcing {
  readonly asking: Connection
  readonly schema: string
  /** False where a session is not ours for long: a LISTEN would stay in it, for whoever has it next. */
  readonly listens: boolean
  /** The position after the last entry. */
  tip(): Promise<number>
}

export class Announcer implements Bus {
  readonly #bus: Bus
  /** Null where another bus carries. */
  readonly #carried: CarriedBus | null
  #announcing: Announcing | null = null
  #receive: ((text: string) => void) | null = null
  #lost: (() => void) | null = null
  #deaf: (() => void) | null = null
  #unlisten: (() => unknown) | null = null
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null
  #followers = 0
  #heard = true
  #tip = 0
  #publishing = false
  #othersWrote = Number.NEGATIVE_INFINITY

  /** `given` carries in place of NOTIFY; whoever gave it opens and closes it. */
  constructor(given?: Bus) {
    const carrier: Carrier = {
      mostBytes,
      send: (texts) => this.#send(texts),
      receive: (listener, lost) => {
        this.#receive = listener
        this.#lost = lost
        return () => {
          this.#receive = null
        }
      },
    }
    this.#carried = given ? null : carriedBus(carrier, { id: crypto.randomUUID() })
    this.#bus = given ?? (this.#carried as CarriedBus)
  }

  publish(topic: string, message: unknown): void {
    this.#publishing = true
    this.#bus.publish(topic, message)
    this.#publishing = false
  }

  /** Whether other servers write now, as far as they are heard. */
  contended(): boolean {
    return performance.now() - this.#othersWrote < writingMs
  }

  subscribe(topic: string, listener: Listener): () => void {
    const stop = this.#bus.subscribe(topic, listener)
    if (topic !== hintTopic) return stop
    this.#followers += 1
    this.#watch()
    let ended = false
    return () => {
      stop()
      if (!ended) this.#followers -= 1
      ended = true
      this.#watch()
    }
  }

  /** From here on other servers are told and heard. */
  async start(announcing: Announcing): Promise<void> {
    this.#announcing = announcing
    this.#tip = await announcing.tip()
    this.#deaf = this.#bus.subscribe(hintTopic, this.#heardOf)
    if (this.#carried && announcing.listens) this.#unlisten = await this.#listen(announcing)
    this.#watch()
  }

  async #listen(announcing: Announcing): Promise<() => Promise<unknown>> {
    let first = true
    const { unlisten } = await announcing.asking.client.listen(
      channelOf(announcing.schema),
      (text) => this.#hear(text),
      () => {
        // Again after a lost connection: what was said meanwhile was not heard.
        if (!first) this.#lost?.()
        first = false
      },
    )
    return unlisten
  }

  readonly #heardOf = (): void => {
    if (!this.#carried) this.#heard = true
    if (!this.#publishing) this.#othersWrote = performance.now()
  }

  /** Others are told and heard no longer; it may start again. */
  async stop(): Promise<void> {
    this.#announcing = null
    this.#watch()
    await this.#looking
    this.#deaf?.()
    this.#deaf = null
    await this.#unlisten?.()
    this.#unlisten = null
  }

  /** What was published before is still sent. */
  async close(): Promise<void> {
    await this.#carried?.close()
    await this.stop()
  }

  /** What cannot be sent is lost: the others look for themselves within a second. */
  async #send(texts: readonly string[]): Promise<void> {
    const announcing = this.#announcing
    if (!announcing) return
    const channel = channelOf(announcing.schema)
    for (const text of texts) await announcing.asking.ask(told, [channel, text])
  }

  #hear(text: string): void {
    this.#heard = true
    this.#receive?.(text)
  }

  /** Looks while somebody follows. */
  #watch(): void {
    const wanted = this.#followers > 0 && this.#announcing !== null
    if (!wanted) {
      clearInterval(this.#timer)
      this.#timer = undefined
    } else
      this.#timer ??= setInterval(() => {
        this.#looking ??= this.#look()
      }, looked)
  }

  /** A message may be lost, or never come: behind a pooler nobody can listen. */
  async #look(): Promise<void> {
    try {
      const tip = (await this.#announcing?.tip()) ?? this.#tip
      const missed = tip !== this.#tip && !this.#heard
      this.#tip = tip
      this.#heard = false
      if (missed) this.publish(hintTopic, { tenant: '', session: '', seq: 0 } satisfies Hint)
    } catch {
      // While the server is away there is nothing to see; whoever reads is told so.
    } finally {
      this.#looking = null
    }
  }
}

/** Names of channels are cut at 63 bytes, so it is a hash. */
function channelOf(schema: string): string {
  return `daybook_${sha256(schema)}`
}
