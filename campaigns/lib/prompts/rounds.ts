// What campaigns on prompts share: rounds with a folder of their own, what the program that gives prompts says, and its last run.

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Counter, describeProblems, type Result, type Settings } from '../campaign.ts'
import { Process } from '../processes.ts'
import { Random } from '../random.ts'
import type { FromPrompts, PromptsTask } from './child.ts'

const program = new URL('./child.ts', import.meta.url).pathname
/** Milliseconds that a round may take once nobody is killed any more. */
const patience = 60_000

/** @param play one round in this folder; gives what was wrong with it */
export async function playRounds(
  { rounds, seed, folder, log }: Settings,
  name: string,
  counter: Counter,
  play: (folder: string, random: Random) => Promise<string[]>,
): Promise<Result> {
  let failed = 0
  for (let round = 1; round <= rounds; round += 1) {
    const own = join(folder, `round-${round}`)
    const problems = await play(own, Random.of(seed, name, round))
    if (problems.length === 0) continue
    failed += 1
    describeProblems(`round ${round} (${own})`, problems, log)
  }
  return { rounds, failed, counts: counter.all, skipped: [] }
}

/** Prompts being given, by a program that may be killed meanwhile. */
export function giving(task: PromptsTask, env: Readonly<Record<string, string>>): Process {
  return new Process([program, JSON.stringify(task)], env)
}

/** All prompts given to their end; what was wrong where that did not come. */
export async function givenToTheEnd(task: PromptsTask, env: Readonly<Record<string, string>>): Promise<string[]> {
  const last = giving(task, env)
  const late = wait(patience, false, { ref: false })
  const ended = await Promise.race([said(last, 'over'), last.ended.then(() => false), late])
  if (!ended) await last.kill()
  await last.ended
  return ended ? [] : [`the prompts were not over in ${patience} ms: ${last.errors}`]
}

export function said(child: Process, what: FromPrompts['t']): Promise<true> {
  return new Promise((resolve) => {
    child.lines((line) => {
      if (line.startsWith('{') && (JSON.parse(line) as FromPrompts).t === what) resolve(true)
    })
  })
}
