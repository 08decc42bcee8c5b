// One round: turns of each provider that stand at a boundary, their process killed, another one that goes on, and an account.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MockServer } from '../../../packages/daybook/src/model/mock.fixture.ts'
import type { AnyEntry } from '../../../packages/daybook/src/schema/entries.ts'
import { firstAgent } from '../../../packages/daybook/src/schema/states.ts'
import { openSessions } from '../../../packages/daybook/src/session/sessions.ts'
import { openStore } from '../../../packages/daybook/src/stores.ts'
import { type Counter, pause } from '../campaign.ts'
import { checkStore, tenant } from '../check.ts'
import { environment, Process } from '../processes.ts'
import { readEffects } from '../runs/effects.ts'
import { account, counts } from './account.ts'
import type { FromTurns, TurnsOrder, TurnsTask } from './child.ts'
import { mockKeys, nextAnswer, nextWords } from './server.ts'
import { type Boundary, plantedSecret, providers, sessionNamed } from './where.ts'

const program = new URL('./child.ts', import.meta.url).pathname
/** Milliseconds that anything may take before it counts as not happening. */
const patience = 60_000

class Worker extends Process {
  readonly at = new Set<string>()
  readonly runs = new Map<string, string>()
  readonly failures: string[] = []
  isReady = false
  isOver = false

  constructor(task: TurnsTask, folder: string) {
    super(['--disable-warning=ExperimentalWarning', program, JSON.stringify(task)], environment(folder))
    this.lines((line) => {
      const told = JSON.parse(line) as FromTurns
      if (told.t === 'ready') this.isReady = true
      else if (told.t === 'at') this.at.add(told.session)
      else if (told.t === 'started') this.runs.set(told.id, told.run)
      else if (told.t === 'failed') this.failures.push(told.message)
    })
    void this.ended.then(() => {
      this.isOver = true
    })
  }

  order(order: TurnsOrder): void {
    this.send(JSON.stringify(order))
  }
}

export interface RoundOf {
  readonly round: number
  /** New, of this round alone. */
  readonly folder: string
  readonly server: MockServer
  /** One for each provider. */
  readonly at: readonly Boundary[]
  readonly counter: Counter
}

/** What is wrong; nothing where all is right. */
export async function killedAt(given: RoundOf): Promise<readonly string[]> {
  const { round, folder, server, at, counter } = given
  const file = join(folder, 'daybook.db')
  const task: TurnsTask = {
    ...{ store: `sqlite:${file}`, effects: join(folder, 'effects'), name: 'first', leaseMs: 800, stops: true },
    ...{ providers: server.providers, keys: mockKeys },
  }
  const sessions = providers.map((provider, index) => sessionNamed(round, provider, at[index] as Boundary))
  const first = new Worker(task, folder)
  for (const [index, session] of sessions.entries()) {
    const agent = at[index]?.number === 0 ? firstAgent : (providers[index] ?? '')
    first.order({ id: session, session, agent, input: session })
  }
  await until('every turn stands at its boundary', first, () => sessions.every((session) => first.at.has(session)))
  await first.kill()
  counter.add(counts.kills)
  counter.add(counts.boundaries, sessions.length)
  const second = new Worker({ ...task, name: 'second', stops: false }, folder)
  await until('the second process is there', second, () => second.isReady)
  const problems = await goneOn(given, task, sessions, first, second)
  second.stop()
  await until('the second process ends', null, () => second.isOver)
  problems.push(...second.failures, ...secretsIn(folder, [first.errors, second.errors]))
  return problems
}

async function goneOn(
  { round, counter }: RoundOf,
  { store: url, effects }: TurnsTask,
  names: readonly string[],
  first: Worker,
  second: Worker,
): Promise<string[]> {
  const store = await openStore(url)
  const sessions = await openSessions({ store })
  try {
    const own = sessions.within({ tenant, subjects: ['local'] })
    const open = async () => (await Promise.all(names.map((name) => own.session(name).head()))).some(isOpen)
    await until('every turn is over', second, async () => !(await open()))
    // The same history, told to every provider.
    for (const provider of providers) {
      for (const session of names) {
        second.order({ id: `${session} ${provider}`, session, agent: provider, input: `${nextWords} ${round}` })
      }
    }
    await until('the next turns are there', second, () => second.runs.size === names.length * providers.length)
    await until('every next turn is over', second, async () => !(await open()))
    const ledger = readEffects(effects)
    const problems: string[] = []
    for (const session of names) {
      const entries = await own.session(session).read({ limit: 1000 })
      problems.push(...account({ session, run: first.runs.get(session) ?? '', entries, effects: ledger }, counter))
      const answered = entries.filter(isNext).length
      if (answered !== providers.length) problems.push(`${session}: ${answered} of the next turns were answered`)
      counter.add(counts.next, answered)
      if (problems.length === 0) counter.add(counts.done)
    }
    return [...problems, ...(await checkStore(store)).problems]
  } finally {
    await sessions.close()
    await store.close()
  }
}

function isOpen({ openRuns }: { readonly openRuns: readonly unknown[] }): boolean {
  return openRuns.length > 0
}

function isNext({ kind, data }: AnyEntry): boolean {
  return kind === 'message' && (data as { content?: string } | null)?.content === nextAnswer
}

/** The raw bytes of everything that is left, and what the processes said. */
function secretsIn(folder: string, said: readonly string[]): readonly string[] {
  const secrets = [plantedSecret, ...Object.values(mockKeys)]
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const found = files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name))
    return secrets.filter((secret) => bytes.includes(secret)).map((secret) => `${name} has the secret ${secret}`)
  })
  const spoken = secrets.filter((secret) => said.some((text) => text.includes(secret)))
  return [...found, ...spoken.map((secret) => `a process said the secret ${secret}`)]
}

async function until(what: string, worker: Worker | null, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + patience; !(await holds()); await pause(3)) {
    if (worker?.isOver) throw new Error(`a process died by itself: ${worker.errors}`)
    if (performance.now() > end) {
      throw new Error(`it did not come so far that ${what}: ${worker?.failures.join('; ')} ${worker?.errors}`)
    }
  }
}
