// Commits whose answer is lost: the server did as it was asked, the connection is cut, and nothing is written twice.

import { after, key, opening } from '../packages/daybook/src/store/conformance/drafts.ts'
import { Network } from '../packages/daybook/src/store/postgres/network.fixture.ts'
import { debian, embedded, hasty, Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { postgresStore } from '../packages/daybook/src/store/postgres.ts'
import type { Append, ScopedStore } from '../packages/daybook/src/store/store.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { Random } from './lib/random.ts'

/** Cuts for one session: its log is compared at their end. */
const perSession = 25

class LostAnswers {
  readonly #settings: Settings
  readonly #counter = new Counter('answers lost', 'appends', 'of these with a key of the caller', 'entries checked')
  #failed = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async run(): Promise<Result> {
    const { rounds, log } = this.#settings
    const counts = this.#counter.all
    const programs = embedded() ?? debian(15)
    if (programs === null) return { rounds: 0, failed: 0, counts, skipped: ['there is no PostgreSQL server here'] }
    const server = await Server.start(programs, hasty)
    const network = await Network.before(server.url)
    try {
      await using store = postgresStore({ url: network.url, schema: 'lost_answers' })
      await store.open()
      const scope = store.within({ tenant: 'default', subjects: 'all' })
      for (let done = 0; done < rounds; done += perSession) {
        const problems = await this.#session(scope, network, done, Math.min(perSession, rounds - done))
        if (problems.length > 0) {
          this.#failed += 1
          describeProblems(`cuts from ${done} on`, problems, log)
        }
      }
    } finally {
      await network.close()
      await server.dispose()
    }
    return { rounds, failed: this.#failed, counts, skipped: [] }
  }

  async #session(scope: ScopedStore, network: Network, first: number, count: number): Promise<string[]> {
    const problems: string[] = []
    const random = Random.of(this.#settings.seed, 'lost', first)
    const name = `session-${first}`
    let { head } = opening(name)
    await scope.append([opening(name)])
    for (let cut = first; cut < first + count; cut += 1) {
      const batch = this.#batch(head, cut, random)
      network.arm(`cut ${cut};`)
      const before = network.cuts
      const outcomes = await scope.append(batch)
      if (network.cuts !== before + 1) problems.push(`cut ${cut} did not happen`)
      this.#counter.add('answers lost', network.cuts - before)
      for (const [index, outcome] of outcomes.entries()) {
        const asked = batch[index]
        const right = outcome.ok && !outcome.replayed && outcome.last === asked?.head.seq
        if (!right) problems.push(`append ${index} of cut ${cut}: ${JSON.stringify(outcome)}`)
      }
      head = batch.at(-1)?.head ?? head
    }
    const entries = await scope.read(name)
    this.#counter.add('entries checked', entries.length)
    const seqs = entries.map(({ seq }) => seq).join()
    const wanted = Array.from({ length: head.seq }, (_, index) => index + 1).join()
    if (seqs !== wanted) problems.push(`${name} has ${seqs}`)
    if ((await scope.head(name))?.hash !== head.hash) problems.push(`${name} has another head than the one written`)
    return problems
  }

  /** One append or a few behind each other; the text that is waited for stands in any of them. */
  #batch(from: Append['head'], cut: number, random: Random): Append[] {
    const batch: Append[] = []
    const count = random.between(1, 3)
    const marked = random.between(0, count - 1)
    for (let index = 0, head = from; index < count; index += 1) {
      const keyed = random.chance(0.5)
      const bodies = [index === marked ? `"cut ${cut};"` : `"beside ${cut}"`]
      const append = after(head, { bodies, ...(keyed ? { key: key(`k${cut}-${index}`) } : {}) })
      this.#counter.add('appends')
      if (keyed) this.#counter.add('of these with a key of the caller')
      batch.push(append)
      head = append.head
    }
    return batch
  }
}

export const lostAnswers: Campaign = {
  name: 'lost-answers',
  proves:
    'Between a store and its PostgreSQL stands a proxy that lets a statement through, waits until the server has committed ' +
    'it, and then cuts the connection in place of the answer. The store asks again by itself; every append is there once, ' +
    'with or without a key of the caller, and its answer is that of the first time.',
  full: 1000,
  short: 50,
  run: (settings) => new LostAnswers(settings).run(),
}
