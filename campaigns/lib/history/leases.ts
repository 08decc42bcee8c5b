// Holders that fight for the leases of a few sessions and write under them: no fence is ever given to two.

import { isDaybookError } from '../../../packages/daybook/src/schema/errors.ts'
import type { Store } from '../../../packages/daybook/src/store/store.ts'
import { pause } from '../campaign.ts'
import { tenant } from '../check.ts'
import type { Random } from '../random.ts'

export class Holders {
  readonly #store: Store
  readonly #sessions: readonly string[]
  readonly #holders = new Map<string, string>()
  readonly problems: string[] = []
  #stopped = false
  #done: Promise<void> = Promise.resolve()
  taken = 0

  constructor(store: Store, sessions: readonly string[]) {
    this.#store = store
    this.#sessions = sessions
  }

  begin(count: number, random: (holder: string) => Random, round: number): void {
    const names = Array.from({ length: count }, (_, index) => `holder-${round}-${index}`)
    this.#done = Promise.all(names.map((name) => this.#hold(name, random(name)))).then(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#done
    this.#stopped = false
  }

  async #hold(holder: string, random: Random): Promise<void> {
    const scope = this.#store.within({ tenant, subjects: 'all' })
    while (!this.#stopped) {
      const session = random.pick(this.#sessions)
      try {
        const lease = await scope.acquire(session, holder, random.between(20, 200))
        if (lease) {
          this.taken += 1
          this.#note(session, lease.fence, holder)
          await pause(random.between(0, 60))
          const renewed = random.chance(0.5) ? await scope.renew(lease, 100) : null
          if (renewed) this.#note(session, renewed.fence, holder)
          if (random.chance(0.6)) await scope.release(renewed ?? lease)
        }
      } catch (error) {
        // A store that is away; whoever asked has to ask again.
        if (!isDaybookError(error) || error.code === 'internal') throw error
      }
      await pause(random.between(0, 20))
    }
  }

  #note(session: string, fence: number, holder: string): void {
    const name = `${session} ${fence}`
    const before = this.#holders.get(name)
    if (before !== undefined && before !== holder) {
      this.problems.push(`fence ${fence} of ${session} was held by ${before} and by ${holder}`)
    }
    this.#holders.set(name, holder)
  }
}
