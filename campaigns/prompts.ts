// Prompts to real programs while whoever gives them is killed, and the process host too: every byte once, every end true.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyEntry } from '../packages/daybook/src/schema/entries.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { verifyStore } from '../packages/daybook/src/session/verify.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { type Campaign, Counter, pause, type Result, type Settings } from './lib/campaign.ts'
import { environment } from './lib/processes.ts'
import type { PromptsTask } from './lib/prompts/child.ts'
import { givenToTheEnd, giving, playRounds, said } from './lib/prompts/rounds.ts'
import type { Random } from './lib/random.ts'

const scope = { tenant: 'default', subjects: ['local'] } as const

interface Planned {
  readonly text: string
  readonly output: string
  readonly code: number
}

/** Prints in one go or line by line, and ends early where nobody listens any more. */
function planned(random: Random, name: string): Planned {
  const lines = random.between(1, 60)
  const code = random.chance(0.3) ? random.between(1, 120) : 0
  const pause = random.pick(['0', '0.005', '0.02'])
  const sound = random.pick(['line', 'строка', '行'])
  const output = Array.from({ length: lines }, (_, n) => `${sound} ${name} ${n + 1}\n`).join('')
  const loop = `for i in $(seq ${lines}); do echo "${sound} ${name} $i" || exit 99; sleep ${pause}; done`
  return { text: `${loop}; echo ${name} >> effects; exit ${code}`, output, code }
}

class Prompts {
  readonly #settings: Settings
  readonly #counter = new Counter('prompts', 'kills of who gives them', 'kills of the process host', 'bytes of output')

  constructor(settings: Settings) {
    this.#settings = settings
  }

  run(): Promise<Result> {
    return playRounds(this.#settings, 'prompts', this.#counter, (folder, random) => this.#round(folder, random))
  }

  async #round(folder: string, random: Random): Promise<string[]> {
    mkdirSync(join(folder, 'work'), { recursive: true })
    writeFileSync(join(folder, 'programs.json'), JSON.stringify({ workdirs: ['work'] }))
    const plans = new Map<string, Planned[]>()
    for (let session = 0; session < 3; session += 1) {
      const count = random.between(1, 4)
      plans.set(
        `ses-${session}`,
        Array.from({ length: count }, (_, n) => planned(random, `${session}-${n}`)),
      )
    }
    const prompts = Object.fromEntries([...plans].map(([id, all]) => [id, all.map(({ text }) => text)]))
    const task: PromptsTask = { folder, agent: 'bash', prompts }
    const env = environment(folder)
    for (let kills = random.between(1, 3); kills > 0; kills -= 1) {
      const child = giving(task, env)
      const asked = said(child, 'asked')
      await Promise.race([asked, child.ended])
      await pause(random.between(0, 1200))
      if (random.chance(0.3)) this.#killHost(folder)
      await child.kill()
      this.#counter.add('kills of who gives them')
    }
    const unfinished = await givenToTheEnd(task, env)
    if (unfinished.length > 0) return unfinished
    const problems = await this.#look(folder, plans)
    this.#killHost(folder, false)
    return problems
  }

  /** The host of this round, found by the folder that it was started for. */
  #killHost(folder: string, counted = true): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = commandOf(pid)
      if (!words.includes('serve') || !words.includes(join(folder, 'host'))) continue
      process.kill(Number(pid), 'SIGKILL')
      if (counted) this.#counter.add('kills of the process host')
    }
  }

  async #look(folder: string, plans: ReadonlyMap<string, readonly Planned[]>): Promise<string[]> {
    const store = sqliteStore({ path: join(folder, 'daybook.db') })
    const sessions = await openSessions({ store })
    const problems: string[] = []
    for (const [id, all] of plans) {
      const session = sessions.within(scope).session(id)
      const { runs } = await session.view('runs')
      const { processes } = await session.view('processes')
      const output = await session.read({ kinds: ['process.output'] })
      if (runs.length !== all.length) problems.push(`${id} has ${runs.length} runs of ${all.length}`)
      for (const [n, plan] of all.entries()) {
        this.#counter.add('prompts')
        const run = runs[n]
        const own = processes.filter((one) => one.run === run?.run)
        const [one] = own
        const printed = one ? printedBy(output, one.process) : ''
        this.#counter.add('bytes of output', Buffer.byteLength(printed))
        if (own.length !== 1) problems.push(`prompt ${n} of ${id} has ${own.length} processes`)
        if (printed !== plan.output) problems.push(`prompt ${n} of ${id} printed ${JSON.stringify(printed)}`)
        if (one?.exitCode !== plan.code)
          problems.push(`prompt ${n} of ${id} exited with ${one?.exitCode}: ${one?.status}`)
        const status = plan.code === 0 ? 'done' : 'failed'
        if (run?.status !== status) problems.push(`prompt ${n} of ${id} is ${run?.status} ${run?.reason ?? ''}`)
      }
    }
    const effects = readFileSync(join(folder, 'work', 'effects'), 'utf8')
      .trim()
      .split('\n')
      .toSorted()
    const wanted = [...plans].flatMap(([id, all]) => all.map((_, n) => `${id.replace('ses-', '')}-${n}`)).toSorted()
    if (effects.join() !== wanted.join()) problems.push(`effects: ${effects.join()}`)
    for (const finding of (await verifyStore(store)).findings) problems.push(JSON.stringify(finding))
    await sessions.close()
    await store.close()
    return problems
  }
}

function printedBy(entries: readonly AnyEntry[], process: string): string {
  const pieces = entries.map(({ data }) => data as { process_id: string; stream: string; text: string })
  return pieces
    .flatMap(({ process_id, stream, text }) => (process_id === process && stream === 'out' ? text : []))
    .join('')
}

/** Empty for a process that has just gone. */
function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

export const prompts: Campaign = {
  name: 'prompts',
  proves:
    'A process gives prompts to bash, several to each of three sessions. It is killed with SIGKILL while they are asked for ' +
    'and while they print, again and again, and in some rounds the process host is killed too. Whoever comes next takes ' +
    'up what is there: every prompt has one process, its output stands in the log byte for byte and once, its exit code is ' +
    'the true one, its effect outside happened once, and prompts of one session were done in order. Every store is verified.',
  full: 100,
  short: 2,
  run: (settings) => new Prompts(settings).run(),
}
