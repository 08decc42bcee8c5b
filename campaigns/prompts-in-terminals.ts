// Prompts to shells that live on in terminals while whoever gives them is killed: each is typed once, each byte told once.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostClient } from '../packages/daybook/src/program/host/client.ts'
import type { ProcessHost } from '../packages/daybook/src/program/host/contract.ts'
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
  readonly answer: string
  readonly code: number
}

/** Counts in a variable of the shell how often anything was typed into it. */
function planned(random: Random, name: string, place: number): Planned {
  const lines = random.between(1, 40)
  const code = random.chance(0.3) ? random.between(1, 120) : 0
  const pauses = random.pick(['0', '0.005', '0.02'])
  const sound = random.pick(['line', 'строка', '行'])
  const printed = Array.from({ length: lines }, (_, n) => `${sound} ${name} ${n + 1}`)
  const loop = `for i in $(seq ${lines}); do\n  echo "${sound} ${name} $i"\n  sleep ${pauses}\ndone`
  const text = `typed=$((typed + 1)); echo ${name} >> effects\n${loop}\necho "typed $typed"; (exit ${code})`
  return { text, answer: [...printed, `typed ${place}`].join('\n'), code }
}

class PromptsInTerminals {
  readonly #settings: Settings
  readonly #counter = new Counter('prompts', 'kills of who gives them', 'bytes of output')

  constructor(settings: Settings) {
    this.#settings = settings
  }

  run(): Promise<Result> {
    return playRounds(this.#settings, 'terminals', this.#counter, (folder, random) => this.#round(folder, random))
  }

  async #round(folder: string, random: Random): Promise<string[]> {
    mkdirSync(join(folder, 'work'), { recursive: true })
    writeFileSync(join(folder, 'programs.json'), JSON.stringify({ workdirs: ['work'] }))
    const plans = new Map<string, Planned[]>()
    for (let session = 0; session < 3; session += 1) {
      const names = Array.from({ length: random.between(1, 4) }, (_, n) => `${session}-${n}`)
      plans.set(
        `ses-${session}`,
        names.map((name, n) => planned(random, name, n + 1)),
      )
    }
    const prompts = Object.fromEntries([...plans].map(([id, all]) => [id, all.map(({ text }) => text)]))
    const task: PromptsTask = { folder, agent: 'bash', prompts, driver: 'pty' }
    const env = environment(folder)
    for (let kills = random.between(1, 4); kills > 0; kills -= 1) {
      const child = giving(task, env)
      await Promise.race([said(child, 'asked'), child.ended])
      await pause(random.between(0, 1500))
      await child.kill()
      this.#counter.add('kills of who gives them')
    }
    const unfinished = await givenToTheEnd(task, env)
    const host = hostClient({ folder: join(folder, 'host') })
    try {
      if (unfinished.length > 0) return unfinished
      return await this.#look(folder, plans, host)
    } finally {
      for (const { key, exit } of await host.list()) if (!exit) await host.signal(key, 'SIGKILL', 'tree')
      await host.close()
    }
  }

  async #look(folder: string, plans: ReadonlyMap<string, readonly Planned[]>, host: ProcessHost): Promise<string[]> {
    const store = sqliteStore({ path: join(folder, 'daybook.db') })
    const sessions = await openSessions({ store })
    const problems: string[] = []
    for (const [id, all] of plans) {
      const session = sessions.within(scope).session(id)
      const { runs } = await session.view('runs')
      if (runs.length !== all.length) problems.push(`${id} has ${runs.length} runs of ${all.length}`)
      const answers = await session.read({ kinds: ['message'] })
      const given = answers.map(({ data }) => data as { role: string; content: string })
      const told = given.filter(({ role }) => role === 'assistant').map(({ content }) => content)
      const finished = (await session.read({ kinds: ['run.finished'] })).map(({ data }) => data as { output?: unknown })
      const codes = finished.map(({ output }) => (output as { exit_code?: number } | undefined)?.exit_code)
      for (const [n, plan] of all.entries()) {
        this.#counter.add('prompts')
        const run = runs[n]
        if (run?.status !== 'done') problems.push(`prompt ${n} of ${id} is ${run?.status} ${run?.reason ?? ''}`)
        if (codes[n] !== plan.code) problems.push(`prompt ${n} of ${id} ended with ${codes[n]}, not ${plan.code}`)
        if (told[n] !== plan.answer) problems.push(`prompt ${n} of ${id} was answered ${JSON.stringify(told[n])}`)
      }
      const { processes } = await session.view('processes')
      if (processes.length !== 1) problems.push(`${id} has ${processes.length} processes`)
      const logged = printedIn(await session.read({ kinds: ['process.output'] }))
      this.#counter.add('bytes of output', Buffer.byteLength(logged))
      const printed = await printedBy(host, `${id}/${processes[0]?.process}`)
      if (!printed.startsWith(logged) || printed.length - logged.length > 256) {
        problems.push(`${id} printed ${JSON.stringify(printed)}, and the log has ${JSON.stringify(logged)}`)
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

function printedIn(entries: readonly AnyEntry[]): string {
  return entries.map(({ data }) => (data as { text: string }).text).join('')
}

/** All that it printed so far. */
async function printedBy(host: ProcessHost, key: string): Promise<string> {
  const { offset = 0 } = (await host.get(key)) ?? {}
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const event of host.follow(key, { out: 0, err: 0 }, AbortSignal.timeout(10_000))) {
    if (event.type === 'output') pieces.push(event.bytes)
    bytes += event.type === 'output' ? event.bytes.length : 0
    if (bytes >= offset) break
  }
  return Buffer.concat(pieces).toString()
}

export const promptsInTerminals: Campaign = {
  name: 'prompts-in-terminals',
  proves:
    'A process gives prompts of several lines to bash in a terminal, several to each of three sessions. It is killed with SIGKILL ' +
    'while they are asked for, typed and answered, again and again. Whoever comes next takes up what is there: each session has ' +
    'one shell, every prompt was typed into it once and in order, as the shell itself counts, its answer is whole, its effect ' +
    'outside happened once, and the log has what the terminal printed byte for byte and once. Every store is verified.',
  full: 100,
  short: 2,
  run: (settings) => new PromptsInTerminals(settings).run(),
}
