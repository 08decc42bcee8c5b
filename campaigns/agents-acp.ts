// Prompts to real coding agents through their protocol while whoever gives them is killed: one process, one session, and permissions that hold.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { hostClient } from '../packages/daybook/src/program/host/client.ts'
import type { Session } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { ended, patience, saidTo } from './agents.ts'
import { type Campaign, Counter, describeProblems, pause, type Result, type Settings } from './lib/campaign.ts'
import { answer, OneAnswer } from './lib/one-answer.ts'
import { environment, Process } from './lib/processes.ts'
import { isInstalled, type Program, prepare, programs } from './lib/programs.ts'
import type { FromPrompts, PromptsTask } from './lib/prompts/child.ts'
import { Random } from './lib/random.ts'

const child = new URL('./lib/prompts/child.ts', import.meta.url).pathname
const scope = { tenant: 'default', subjects: ['local'] } as const
const session = 'ses-agent'
const prompts = ['first: a red house', 'second: a blue boat', 'third: a green hill', 'fourth: a file, please'] as const

export const agentsAcp: Campaign = {
  name: 'agents-acp',
  proves:
    'Gemini CLI, OpenCode, Qwen Code and the adapter of Codex, as far as they are installed, get prompts through the Agent Client ' +
    'Protocol against a local interface. Whoever gives them is killed with SIGKILL while the model is asked for the second answer, and, of those that ask for ' +
    'permissions in their own settings, again while the fourth waits for one. Each prompt reaches the model once, all through one process and one session of the agent. What was permitted is ' +
    'written, what was not is not. Then the process is killed, and the next prompt goes on in the session with another one.',
  full: 24,
  short: 6,
  run,
}

async function run({ rounds, folder, seed, log }: Settings): Promise<Result> {
  const present = programs.filter(({ agent }) => isInstalled(speaker(agent)))
  const counter = new Counter(
    'prompts',
    'kills while the model was asked',
    'kills while a permission was asked',
    'permitted',
    'not permitted',
  )
  let failed = 0
  const count = present.length === 0 ? 0 : rounds
  for (let round = 0; round < count; round += 1) {
    const program = present[round % present.length] as Program
    const decides = Math.floor(round / present.length) % 2 === 0 ? 'approved' : 'denied'
    const random = Random.of(seed, 'agents-acp', round)
    const played = new Round({ program, folder: join(folder, String(round)), random, counter, decides })
    const problems = await played.play()
    if (problems.length === 0) continue
    failed += 1
    describeProblems(`round ${round} with ${program.agent}`, problems, log)
  }
  const missing = programs.filter((one) => !present.includes(one))
  const skipped = missing.map(({ agent }) => `${speaker(agent)} is not on the PATH`)
  return { rounds: count, failed, counts: counter.all, skipped }
}

/** What speaks the protocol for an agent. */
const speaker = (agent: string): string => (agent === 'codex' ? 'codex-acp' : agent)

/**
 * OpenCode and Qwen Code ask where they are told to; Gemini CLI, left to choose a model, asks another one first, and again for
 * long where that is away.
 */
const more: Readonly<Record<string, object>> = {
  opencode: { permission: { edit: 'ask' } },
  gemini: { model: { name: 'gemini-2.5-flash' } },
  qwen: { tools: { approvalMode: 'default' } },
}

interface RoundSetting {
  readonly program: Program
  readonly folder: string
  readonly random: Random
  readonly counter: Counter
  /** What becomes of the permission that the fourth prompt needs. */
  readonly decides: 'approved' | 'denied'
}

class Round {
  readonly #setting: RoundSetting
  readonly #file: string
  readonly #problems: string[] = []

  constructor(setting: RoundSetting) {
    this.#setting = setting
    this.#file = join(setting.folder, 'work', 'new file.txt')
  }

  async play(): Promise<readonly string[]> {
    await using model = new OneAnswer()
    model.writes = { asked: prompts[3], path: this.#file, content: 'written\n' }
    const env = this.#prepared(await model.listen())
    try {
      await this.#ended(this.#given(env, 1))
      await this.#killedWhileAsked(model, env)
      if (more[this.#setting.program.agent]) await this.#decided(model, env)
      else await this.#ended(this.#given(env, 4))
      await this.#processes(1)
      await this.#ended(await this.#goingOn(env))
      await this.#look(model)
    } finally {
      await this.#endAll()
    }
    return this.#problems
  }

  #prepared(url: string): Record<string, string> {
    const { agent, settings, env } = this.#setting.program
    mkdirSync(join(this.#setting.folder, 'work'), { recursive: true })
    const files = Object.entries(settings(url)).map(([name, text]) => {
      const whole = more[agent] ? JSON.stringify({ ...(JSON.parse(text) as object), ...more[agent] }) : text
      return [name, whole] as const
    })
    prepare(join(this.#setting.folder, 'home'), Object.fromEntries(files))
    const programs = { [agent]: { drivers: ['acp'], secrets: Object.keys(env(url)) } }
    writeFileSync(join(this.#setting.folder, 'programs.json'), JSON.stringify({ workdirs: ['work'], programs }))
    return { ...environment(this.#setting.folder), ...env(url) }
  }

  #given(env: Readonly<Record<string, string>>, count: number, decides?: 'approved' | 'denied'): Process {
    const { agent } = this.#setting.program
    const all = [...prompts, 'fifth: an old tree'].slice(0, count)
    const task: PromptsTask = {
      folder: this.#setting.folder,
      agent,
      prompts: { [session]: all },
      ...(decides ? { decides } : {}),
    }
    return new Process([child, JSON.stringify(task)], env)
  }

  async #ended(process: Process): Promise<void> {
    await ended(process)
    if (process.errors) this.#problems.push(process.errors)
  }

  async #killedWhileAsked(model: OneAnswer, env: Readonly<Record<string, string>>): Promise<void> {
    const gate = Promise.withResolvers<void>()
    model.waits = gate.promise
    const killed = this.#given(env, 2)
    const until = performance.now() + patience
    while (!saidTo(model, prompts[1]) && performance.now() < until) await pause(20)
    await pause(this.#setting.random.between(0, 300))
    await killed.kill()
    this.#setting.counter.add('kills while the model was asked')
    const next = this.#given(env, 3)
    await pause(this.#setting.random.between(0, 1500))
    gate.resolve()
    model.waits = Promise.resolve()
    await this.#ended(next)
  }

  /** The fourth prompt asks for a permission; it is decided when whoever asked for it is dead. */
  async #decided(model: OneAnswer, env: Readonly<Record<string, string>>): Promise<void> {
    const asking = this.#given(env, 4)
    const waits = Promise.withResolvers<void>()
    asking.lines((line) => {
      if ((JSON.parse(line) as FromPrompts).t === 'waits') waits.resolve()
    })
    await Promise.race([waits.promise, later(patience, undefined, { ref: false })])
    await pause(this.#setting.random.between(0, 200))
    await asking.kill()
    this.#setting.counter.add('kills while a permission was asked')
    if (existsSync(this.#file)) this.#problems.push('the file is there before anybody permitted it')
    const { decides } = this.#setting
    await this.#ended(this.#given(env, 4, decides))
    this.#setting.counter.add(decides === 'approved' ? 'permitted' : 'not permitted')
    if (existsSync(this.#file) !== (decides === 'approved'))
      this.#problems.push(`${decides}, and the file says otherwise`)
    const times = model.asked.filter((body) => JSON.stringify(body).includes(prompts[3])).length
    if (times === 0) this.#problems.push('the fourth prompt never reached the model')
  }

  /** With the fifth prompt, in another process. */
  async #goingOn(env: Readonly<Record<string, string>>): Promise<Process> {
    await this.#endAll()
    // Gemini CLI 0.61.0 names the file of a session by the minute, and empties it where it takes the session up in the same one.
    if (this.#setting.program.agent === 'gemini') await pause(60_000 - (Date.now() % 60_000))
    return this.#given(env, 5)
  }

  async #endAll(): Promise<void> {
    const host = hostClient({ folder: join(this.#setting.folder, 'host') })
    for (const { key, exit } of await host.list()) if (!exit) await host.signal(key, 'SIGKILL', 'tree')
    await host.close()
  }

  async #processes(count: number): Promise<void> {
    const { processes } = await this.#read((log) => log.view('processes'))
    if (processes.length !== count) this.#problems.push(`there were ${processes.length} processes, not ${count}`)
  }

  async #look(model: OneAnswer): Promise<void> {
    await this.#processes(2)
    const { runs } = await this.#read((log) => log.view('runs'))
    for (const [n, run] of runs.entries()) {
      const { text } = (run.output ?? {}) as { text?: string }
      // Codex puts a warning of the model that it does not know in front.
      const isRight = n === 3 ? run.status === 'done' : text?.endsWith(answer)
      if (!isRight) this.#problems.push(`prompt ${n} is ${run.status}: ${JSON.stringify(run.error ?? run.output)}`)
    }
    if (runs.length !== 5) this.#problems.push(`there are ${runs.length} runs`)
    this.#setting.counter.add('prompts', runs.length)
    const tokens = await this.#read((log) => log.read({ kinds: ['process.token_found'] }))
    if (tokens.length !== 1) this.#problems.push(`${tokens.length} tokens were found`)
    const messages = await this.#read((log) => log.read({ kinds: ['message'] }))
    const answers = messages.filter(({ data }) => JSON.stringify(data).includes(answer)).length
    const wanted = runs.filter(({ output }) => (output as { text?: string } | undefined)?.text?.endsWith(answer)).length
    if (answers !== wanted) this.#problems.push(`the log has ${answers} answers to ${wanted} prompts`)
    const last = JSON.stringify(model.asked.findLast((body) => JSON.stringify(body).includes('fifth: an old tree')))
    for (const prompt of prompts) {
      const times = (last ?? '').split(prompt).length - 1
      if (times !== 1) this.#problems.push(`the last request has "${prompt}" ${times} times`)
    }
  }

  async #read<T>(look: (log: Session) => Promise<T>): Promise<T> {
    const store = sqliteStore({ path: join(this.#setting.folder, 'daybook.db') })
    const sessions = await openSessions({ store })
    try {
      return await look(sessions.within(scope).session(session))
    } finally {
      await sessions.close()
      await store.close()
    }
  }
}
