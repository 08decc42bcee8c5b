// The campaign `properties`: the tests that try random cases, each in a process of its own, with many times their cases.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run as runTests } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { ownFiles, root } from '../scripts/lib/files.ts'
import { Tally } from '../scripts/lib/tally.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'

/** How many times its usual cases a property is tried on in one round; tests bounded by time take so many times longer. */
const times = 5
/** Milliseconds that one file may take; the longest takes two minutes of a quiet machine. */
const longest = 900_000

/** Those that take the number of their cases from outside. */
function propertyTests(): readonly string[] {
  return ownFiles()
    .map((path) => join(root, path))
    .filter((path) => path.endsWith('.test.ts') && /\/cases\.fixture\.ts'/.test(readFileSync(path, 'utf8')))
}

async function tried(file: string, seed: number): Promise<Tally> {
  const tally = new Tally(root)
  const env = { ...process.env, DAYBOOK_CASES: String(times), DAYBOOK_SEED: String(seed) }
  const events = runTests({ files: [file], cwd: root, isolation: 'process', timeout: longest, env })
  for await (const event of events as AsyncIterable<TestEvent>) tally.add(event)
  return tally
}

async function run({ rounds, seed, log }: Settings): Promise<Result> {
  const files = propertyTests()
  const counter = new Counter('test files in a round', 'times their usual cases', 'tests passed', 'tests failed')
  counter.add('test files in a round', files.length)
  counter.add('times their usual cases', times)
  const skipped = new Set<string>()
  let failed = 0
  for (let round = 0; round < rounds; round += 1) {
    const problems: string[] = []
    for (const file of files) {
      const { results } = await tried(file, 1 + seed + round)
      const wrong = results.filter(({ status }) => status === 'failed')
      counter.add('tests passed', results.filter(({ status }) => status === 'passed').length)
      counter.add('tests failed', wrong.length)
      for (const { status, detail } of results) if (status === 'skipped') skipped.add(detail)
      if (results.length === 0) problems.push(`${file}: no test ran`)
      problems.push(...wrong.map((each) => `${each.file}: ${each.name}\n${each.detail}`))
    }
    if (problems.length > 0) {
      failed += 1
      describeProblems(`round ${round + 1}, DAYBOOK_CASES=${times} DAYBOOK_SEED=${1 + seed + round}`, problems, log)
    }
    log(`${round + 1} of ${rounds} rounds, ${failed} with a problem`)
  }
  return { rounds, failed, counts: counter.all, skipped: [...skipped] }
}

export const properties: Campaign = {
  name: 'properties',
  proves:
    'Every test that tries random cases tries many times as many, in another order in each round: programs on stores and ' +
    'sessions against plain models, copies and transfers of what they leave, verification, redaction, finding, routing, ' +
    'changed transcripts, and calls made from the OpenAPI document.',
  full: 10,
  short: 1,
  run,
}
