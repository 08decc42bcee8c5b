// One store with the processes that work on it, the effects beside it, and everything that is asked of its runs.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyEntry } from '../../../packages/daybook/src/schema/entries.ts'
import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import type { ScopedSessions, Sessions } from '../../../packages/daybook/src/session/contract.ts'
import { openSessions } from '../../../packages/daybook/src/session/sessions.ts'
import { openStore } from '../../../packages/daybook/src/stores.ts'
import { pause } from '../campaign.ts'
import { checkStore, tenant } from '../check.ts'
import { environment } from '../processes.ts'
import type { Random } from '../random.ts'
import { type Effect, readEffects } from './effects.ts'
import { Worker } from './worker.ts'

/** Milliseconds that anything may take before it counts as not happening. */
export const patience = 30_000

export interface Asked {
  readonly run: string
  readonly session: string
  readonly skill: string
  readonly input: Json
}

export class RunsPlace implements AsyncDisposable {
  readonly folder: string
  readonly problems: string[] = []
  readonly #store: string
  readonly #sessions: Sessions
  readonly #leaseMs: number
  readonly #random: Random
  readonly #workers: Worker[] = []
  #count = 0
  #orders = 0

  private constructor(folder: string, store: string, sessions: Sessions, leaseMs: number, random: Random) {
    this.folder = folder
    this.#store = store
    this.#sessions = sessions
    this.#leaseMs = leaseMs
    this.#random = random
  }

  /** The effects stand in `folder`; the store is what its URL names, new. */
  static async open(folder: string, store: string, leaseMs: number, random: Random): Promise<RunsPlace> {
    if (existsSync(folder)) throw new Error(`${folder} is in use`)
    mkdirSync(folder, { recursive: true })
    const sessions = await openSessions({ store: await openStore(store) })
    return new RunsPlace(folder, store, sessions, leaseMs, random)
  }

  get own(): ScopedSessions {
    return this.#sessions.within({ tenant, subjects: ['local'] })
  }

  /** So many processes that are up; those that died are replaced. */
  async workers<N extends number>(count: N): Promise<readonly Worker[]> {
    while (this.living().length < count) this.begin()
    const living = this.living().slice(0, count)
    await Promise.all(living.map(({ ready }) => within(ready, 'a process did not come up')))
    return living
  }

  living(): readonly Worker[] {
    return this.#workers.filter(({ over }) => !over)
  }

  begin(): Worker {
    this.#count += 1
    const { folder } = this
    const worker = new Worker(
      {
        store: this.#store,
        effects: join(folder, 'effects'),
        name: `w${this.#count}`,
        thread: this.#random.chance(0.3),
        leaseMs: this.#leaseMs,
      },
      environment(folder),
    )
    this.#workers.push(worker)
    return worker
  }

  /** Queues a run; when the process dies before it answers, the next one is asked the same. The first answer may be lost on purpose. */
  async start(
    workers: () => Worker,
    session: string,
    skill: string,
    input: Json,
    { unanswered = false } = {},
  ): Promise<Asked> {
    this.#orders += 1
    const id = `order-${this.#orders}`
    let tries = 0
    for (const until = performance.now() + patience; performance.now() < until; tries += 1) {
      const worker = workers()
      const order = { t: 'start', id, session, skill, input, unanswered: unanswered && tries === 0 } as const
      const answer = await within(worker.ask(order), 'no answer to a start')
      if (answer?.code === '') return { run: answer.run, session, skill, input }
      if (answer) throw new Error(`a run was refused: ${answer.code}`)
      if (!worker.killed) throw new Error(`${worker.name} died by itself: ${worker.errors}`)
    }
    throw new Error('no process lived long enough to queue a run')
  }

  /** What stands in the log of a run, oldest first. */
  async log({ run, session }: Pick<Asked, 'run' | 'session'>): Promise<readonly AnyEntry[]> {
    const entries: AnyEntry[] = []
    const handle = this.own.session(session)
    for (;;) {
      const page = await handle.read({ after: entries.at(-1)?.seq ?? 0 })
      if (page.length === 0) return entries.filter((entry) => runOf(entry) === run)
      entries.push(...page)
    }
  }

  effects(): readonly Effect[] {
    return readEffects(join(this.folder, 'effects'))
  }

  async over(runs: readonly Asked[]): Promise<void> {
    const open = new Set(runs.map(({ session }) => session))
    await until('every run is over', async () => {
      for (const session of open) {
        const { openRuns } = await this.own.session(session).head()
        if (openRuns.length === 0) open.delete(session)
      }
      for (const worker of this.living()) worker.letGo()
      return open.size === 0
    })
  }

  /** Ends every process in good order, and reads the whole store. */
  async end(): Promise<void> {
    const living = this.living()
    for (const worker of living) worker.stop()
    for (const worker of living) {
      const { code, signal } = await within(worker.ended, 'a process did not end')
      if (code !== 0 || !worker.wentWell) this.problems.push(`${worker.name} ended with ${signal ?? code}`)
    }
    for (const { name, failures, errors } of this.#workers) {
      for (const failure of failures) this.problems.push(`${name} said ${failure}`)
      const known = errors.replace(/^.*ExperimentalWarning.*\n.*\n?/gm, '')
      if (known !== '') this.problems.push(`${name} said: ${known}`)
    }
    this.problems.push(...(await checkStore(this.#sessions.store)).problems)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.living()) await worker.kill()
    await this.#sessions.close()
    await this.#sessions.store.close()
  }
}

function runOf({ data }: AnyEntry): unknown {
  return (data as { readonly run_id?: unknown } | null)?.run_id
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = patience): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); await pause(3)) {
    if (performance.now() > end) throw new Error(`it did not come so far that ${what}`)
  }
}

export async function within<T>(promise: Promise<T>, late: string, ms = patience): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), ms)
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}
