// Prompts to real coding agents while whoever gives them is killed: each is done once, and each goes on in one session of theirs.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { type Campaign, Counter, describeProblems, pause, type Result, type Settings } from './lib/campaign.ts'
import { answer, OneAnswer } from './lib/one-answer.ts'
import { environment, Process } from './lib/processes.ts'
import { isInstalled, type Program, prepare, programs } from './lib/programs.ts'
import type { PromptsTask } from './lib/prompts/child.ts'
import { Random } from './lib/random.ts'

const child = new URL('./lib/prompts/child.ts', import.meta.url).pathname
const scope = { tenant: 'default', subjects: ['local'] } as const
/** Milliseconds for one prompt of a real program. */
export const patience = 120_000
const session = 'ses-agent'

export const agents: Campaign = {
  name: 'agents',
  proves:
    'Three prompts go to each coding agent that is installed, Codex, Gemini CLI and Qwen Code, against a local interface. ' +
    'Whoever gives them is killed with SIGKILL while the model is asked for the second answer. The next one takes up the process that is ' +
    'there: every prompt reached the model once, the third one with the first two and their answers before it, in one session ' +
    'of the agent whose token the log has once, and each answer stands in the log.',
  full: 20,
  short: 2,
  run,
}

/** `AGENTS` names others. */
const named = (process.env.AGENTS ?? 'codex gemini qwen').split(' ')

async function run({ rounds, folder, seed, log }: Settings): Promise<Result> {
  const wanted = programs.filter(({ agent }) => named.includes(agent))
  const present = wanted.filter(({ agent }) => isInstalled(agent))
  const counter = new Counter('prompts', 'kills while the model was asked')
  let failed = 0
  const count = present.length === 0 ? 0 : rounds
  for (let round = 0; round < count; round += 1) {
    const program = present[round % present.length] as Program
    const problems = await played(program, join(folder, String(round)), Random.of(seed, 'agents', round), counter)
    if (problems.length === 0) continue
    failed += 1
    describeProblems(`round ${round} with ${program.agent}`, problems, log)
  }
  const skipped = wanted.filter((one) => !present.includes(one)).map(({ agent }) => `${agent} is not on the PATH`)
  return { rounds: count, failed, counts: counter.all, skipped }
}

async function played(program: Program, folder: string, random: Random, counter: Counter): Promise<string[]> {
  await using model = new OneAnswer()
  const url = await model.listen()
  mkdirSync(join(folder, 'work'), { recursive: true })
  const env = { ...environment(folder), ...program.env(url) }
  prepare(join(folder, 'home'), program.settings(url))
  const file = { workdirs: ['work'], programs: { [program.agent]: { secrets: Object.keys(program.env(url)) } } }
  writeFileSync(join(folder, 'programs.json'), JSON.stringify(file))
  const prompts = ['first: a red house', 'second: a blue boat', 'third: a green hill']
  const task = (count: number): string =>
    JSON.stringify({
      folder,
      agent: program.agent,
      prompts: { [session]: prompts.slice(0, count) },
    } satisfies PromptsTask)
  await ended(new Process([child, task(1)], env))
  const gate = Promise.withResolvers<void>()
  model.waits = gate.promise
  const killed = new Process([child, task(2)], env)
  const until = performance.now() + patience
  while (!saidTo(model, prompts[1] ?? '') && performance.now() < until) await pause(20)
  await pause(random.between(0, 300))
  await killed.kill()
  counter.add('kills while the model was asked')
  const next = new Process([child, task(3)], env)
  await pause(random.between(0, 1500))
  gate.resolve()
  model.waits = Promise.resolve()
  await ended(next)
  counter.add('prompts', prompts.length)
  return [...(next.errors ? [next.errors] : []), ...(await look(folder, model, prompts))]
}

/** Back when it has ended; one that takes too long is killed. */
export async function ended(process: Process): Promise<void> {
  const late = setTimeout(() => void process.kill(), patience)
  await process.ended
  clearTimeout(late)
}

export const saidTo = ({ asked }: OneAnswer, prompt: string): boolean =>
  asked.some((body) => JSON.stringify(body).includes(prompt))

async function look(folder: string, model: OneAnswer, prompts: readonly string[]): Promise<string[]> {
  const store = sqliteStore({ path: join(folder, 'daybook.db') })
  const sessions = await openSessions({ store })
  const log = sessions.within(scope).session(session)
  const problems: string[] = []
  const { runs } = await log.view('runs')
  for (const [n, run] of runs.entries()) {
    const { text } = (run.output ?? {}) as { text?: string }
    if (run.status !== 'done' || text !== answer)
      problems.push(`prompt ${n} is ${run.status}: ${JSON.stringify(run.error ?? run.output)}`)
  }
  if (runs.length !== prompts.length) problems.push(`there are ${runs.length} runs`)
  const { processes } = await log.view('processes')
  if (processes.length !== prompts.length) problems.push(`there were ${processes.length} processes`)
  const tokens = await log.read({ kinds: ['process.token_found'] })
  if (tokens.length !== 1) problems.push(`${tokens.length} tokens were found`)
  const last = JSON.stringify(model.asked.findLast((body) => JSON.stringify(body).includes(prompts[2] ?? '')))
  for (const prompt of prompts) {
    const times = (last ?? '').split(prompt).length - 1
    if (times !== 1) problems.push(`the last request has "${prompt}" ${times} times`)
  }
  const answers = (last ?? '').split(answer).length - 1
  if (answers !== 2) problems.push(`the last request has ${answers} answers before it`)
  await sessions.close()
  await store.close()
  return problems
}
