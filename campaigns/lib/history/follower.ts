// A reader of the feed that is cut off again and again and goes on at another server from the last cursor it has.

import { openClient } from '../../../packages/daybook/src/client/client.ts'
import { isSystemId } from '../../../packages/daybook/src/schema/ids.ts'
import { pause } from '../campaign.ts'
import type { Random } from '../random.ts'
import type { Servers } from './servers.ts'

export class FeedFollower {
  readonly #servers: Servers
  readonly #random: Random
  readonly #seen = new Map<string, number[]>()
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #cursor: string | null = ''
  cuts = 0
  entries = 0

  constructor(servers: Servers, random: Random) {
    this.#servers = servers
    this.#random = random
    this.#done = this.#follow()
  }

  /** Waits until it has every one of these entries, then ends. Returns what it saw otherwise than once and in order. */
  async compare(own: ReadonlyMap<string, readonly { readonly seq: number }[]>, patience: number): Promise<string[]> {
    const missing = (): string[] =>
      [...own].flatMap(([session, entries]) => {
        // What daybook itself keeps is in nobody's feed.
        if (isSystemId(session)) return []
        const last = entries.at(-1)?.seq ?? 0
        const seen = this.#seen.get(session)?.at(-1) ?? 0
        return seen >= last ? [] : [`the follower has ${session} up to ${seen} of ${last}`]
      })
    for (const end = performance.now() + patience; missing().length > 0 && performance.now() < end; ) await pause(50)
    this.#stop.abort()
    await this.#done
    return [...missing(), ...this.#outOfOrder(own)]
  }

  #outOfOrder(own: ReadonlyMap<string, readonly { readonly seq: number }[]>): string[] {
    const problems: string[] = []
    for (const [session, seqs] of this.#seen) {
      // Of a deleted session the feed drops what came before its end.
      if (own.get(session)?.length === 1) continue
      for (const [index, seq] of seqs.entries()) {
        const before = seqs[index - 1]
        if (before !== undefined && seq !== before + 1)
          problems.push(`the follower saw ${session}@${seq} behind ${before}`)
      }
    }
    return problems
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { urls } = this.#servers
      if (urls.length === 0) {
        await pause(20)
        continue
      }
      const cut = new AbortController()
      const timer = setTimeout(() => cut.abort(), this.#random.between(10, 400))
      try {
        await this.#read(this.#random.pick(urls), AbortSignal.any([cut.signal, this.#stop.signal]))
      } catch {
        // A server that went, or a store that was away: the next one is asked.
        await pause(20)
      } finally {
        clearTimeout(timer)
        this.cuts += 1
      }
    }
  }

  async #read(url: string, signal: AbortSignal): Promise<void> {
    const client = openClient({ url })
    for await (const { cursor, session_id: session, entry } of client.followFeed(this.#cursor, { signal })) {
      const seqs = this.#seen.get(session) ?? []
      this.#seen.set(session, seqs)
      seqs.push(entry.seq)
      this.entries += 1
      this.#cursor = cursor
    }
  }
}
