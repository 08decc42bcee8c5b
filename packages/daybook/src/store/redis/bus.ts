// The bus over Redis: heard here at once, elsewhere through pub/sub; what is lost with a connection is only late.

import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type Bus, type Hint, hintTopic, type Listener, localBus } from '../bus.ts'
import { fromText, toText } from '../text.ts'
import { toDaybookError } from './errors.ts'
import { connect } from './link.ts'

/** Messages of one turn that wait to be published together; more are heard only here. */
const most = 10_000
/** Milliseconds between two looks whether the server is still there. */
const watched = 10_000

export interface WireBusOptions {
  readonly url: string
  readonly prefix: string
  readonly wait: number
  /** By which a server knows its own messages. */
  readonly instance?: string
}

export class WireBus implements Bus {
  readonly #options: WireBusOptions
  readonly #instance: string
  readonly #here = localBus()
  readonly #topics = new Map<string, number>()
  #waiting = new Map<string, unknown[]>()
  #count = 0
  #publisher: Redis | null = null
  #subscriber: Redis | null = null
  #watch: NodeJS.Timeout | undefined
  /** Channels know nothing of the numbers of databases; keys do. */
  #database = 0

  constructor(options: WireBusOptions) {
    this.#options = options
    this.#instance = options.instance ?? randomUUID()
  }

  async open(): Promise<void> {
    const { url, wait } = this.#options
    const subscriber = await connect(url, wait)
    const publisher = await connect(url, wait)
    this.#database = subscriber.options.db ?? 0
    this.#subscriber = subscriber
    this.#publisher = publisher
    subscriber.on('message', (channel: string, text: string) => this.#hear(channel, text))
    try {
      await Promise.all([subscriber.connect(), publisher.connect()])
      await subscriber.subscribe(...this.#channels())
    } catch (error) {
      this.close()
      throw toDaybookError(error)
    }
    subscriber.on('ready', () => this.#resume(subscriber))
    this.#watch = setInterval(() => this.#look(subscriber), watched)
    this.#watch.unref()
  }

  /** Whatever was published while the connection was away is gone: once they are subscribed again, everybody looks. */
  #resume(subscriber: Redis): void {
    const missed: Hint = { tenant: '', session: '', seq: 0 }
    subscriber.subscribe(...this.#channels()).then(() => this.here(hintTopic, missed), bestEffort)
  }

  /** A subscriber only listens: that the other end is gone shows when it is asked. */
  #look(subscriber: Redis): void {
    if (subscriber.status === 'ready') subscriber.ping().catch(() => subscriber.disconnect(true))
  }

  /** Hints are always among them, so that a follower misses none between asking and being subscribed. */
  #channels(): string[] {
    const topics = new Set([hintTopic, ...this.#topics.keys()])
    // The second tells the function which of the listeners to the first is this one.
    const wrote = [this.#wrote, `${this.#wrote}:${this.#instance}`]
    return [...wrote, ...[...topics].map((topic) => this.#channel(topic))]
  }

  close(): void {
    clearInterval(this.#watch)
    this.#subscriber?.disconnect()
    this.#publisher?.disconnect()
    this.#subscriber = null
    this.#publisher = null
  }

  publish(topic: string, message: unknown): void {
    this.here(topic, message)
    if (!this.#publisher || this.#count >= most) return
    if (this.#count === 0) setImmediate(() => this.#flush())
    this.#count += 1
    const messages = this.#waiting.get(topic) ?? []
    this.#waiting.set(topic, messages)
    messages.push(message)
  }

  /** Tells only listeners of this process. */
  here(topic: string, message: unknown): void {
    this.#here.publish(topic, message)
  }

  subscribe(topic: string, listener: Listener): () => void {
    const stop = this.#here.subscribe(topic, listener)
    this.#want(topic, 1)
    let stopped = false
    return () => {
      stop()
      if (!stopped) this.#want(topic, -1)
      stopped = true
    }
  }

  #want(topic: string, by: number): void {
    const count = (this.#topics.get(topic) ?? 0) + by
    if (count > 0) this.#topics.set(topic, count)
    else this.#topics.delete(topic)
    const subscriber = this.#subscriber
    if (topic === hintTopic || !subscriber) return
    // Where the connection is away, all topics are subscribed when it is back.
    if (by > 0 && count === 1) subscriber.subscribe(this.#channel(topic)).catch(bestEffort)
    if (by < 0 && count === 0) subscriber.unsubscribe(this.#channel(topic)).catch(bestEffort)
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = new Map()
    this.#count = 0
    for (const [topic, messages] of waiting) {
      const text = JSON.stringify([this.#instance, ...messages])
      this.#publisher?.publish(this.#channel(topic), text).catch(bestEffort)
    }
  }

  #hear(channel: string, text: string): void {
    const [from, ...messages] = messagesIn(text)
    if (from === this.#instance) return
    const wrote = channel === this.#wrote
    const topic = wrote ? hintTopic : fromText(channel.slice(this.#channel('').length))
    for (const message of messages) this.#here.publish(topic, wrote ? hintOf(message) : message)
  }

  /** Where the function itself tells what it wrote. */
  get #wrote(): string {
    return `${this.#options.prefix}wrote`
  }

  #channel(topic: string): string {
    return `${this.#options.prefix}topic:${this.#database}:${toText(topic)}`
  }
}

/** Who published, then what; nothing where somebody else uses our channel for something of his own. */
function messagesIn(text: string): readonly unknown[] {
  try {
    const all: unknown = JSON.parse(text)
    return Array.isArray(all) ? all : []
  } catch {
    return []
  }
}

/** The function tells tenant, session and seq as texts and number. */
function hintOf(message: unknown): Hint {
  const [tenant, session, seq] = Array.isArray(message) ? message : []
  return { tenant: fromText(String(tenant)), session: fromText(String(session)), seq: Number(seq) }
}

/** The contract of a bus promises nothing to a message whose connection is away. */
function bestEffort(): void {}
