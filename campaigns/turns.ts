// Turns of agents under kills at every boundary of five calls of skills, with each provider, and no secret in what is left.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { Random } from './lib/random.ts'
import { counts } from './lib/turns/account.ts'
import { killedAt } from './lib/turns/round.ts'
import { startModels } from './lib/turns/server.ts'
import { type Boundary, boundaries, providers } from './lib/turns/where.ts'

async function run({ rounds, seed, folder, log }: Settings): Promise<Result> {
  const counter = new Counter(...Object.values(counts))
  await using server = await startModels()
  const from = Random.of(seed, 'turns', 0).between(0, boundaries.length - 1)
  let failed = 0
  for (let round = 0; round < rounds; round += 1) {
    const own = join(folder, `round-${round}`)
    mkdirSync(own)
    // Every provider meets every boundary, each round three others.
    const at = providers.map((_, index) => boundaries[(from + round + index * 7) % boundaries.length] as Boundary)
    let problems: readonly string[]
    try {
      problems = await killedAt({ round, folder: own, server, at, counter })
    } catch (error) {
      problems = [error instanceof Error ? String(error.stack) : String(error)]
    }
    if (problems.length > 0) {
      failed += 1
      describeProblems(
        `round ${round} (${at.map(({ number, moment }) => `${moment} ${number}`)}, ${own})`,
        problems,
        log,
      )
    } else rmSync(own, { recursive: true, force: true, maxRetries: 3 })
    if ((round + 1) % 10 === 0 || round + 1 === rounds)
      log(`${round + 1} of ${rounds} rounds, ${failed} with a problem`)
  }
  return { rounds, failed, counts: counter.all, skipped: [] }
}

export const turns: Campaign = {
  name: 'turns',
  proves:
    'A turn asks a model six times and calls five skills, with the packages of OpenAI, Anthropic and Google. Its process is ' +
    'killed with SIGKILL at every boundary: while a model chooses who takes it, before the model is asked, when it has ' +
    'answered and nothing is stored, in a ' +
    'skill before and after it does anything. Another process goes on from the journal: the answer completes, what is ' +
    'recorded is never asked or called again, what skills did stands in a ledger outside of the store (once, or marked as ' +
    'unknown where it may not be repeated), each end has one message, and the next turn with that history is accepted by all ' +
    'three providers. The raw bytes of store, log and errors have neither a model key nor a secret that a skill said.',
  full: 200,
  short: 4,
  run,
}
