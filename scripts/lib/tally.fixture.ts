// Runs the test files named by its arguments, for tally.test.ts, and prints what was counted as JSON.
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { Tally } from './tally.ts'

const tally = new Tally(import.meta.dirname)
for await (const event of run({ files: process.argv.slice(2) }) as AsyncIterable<TestEvent>) tally.add(event)
console.log(JSON.stringify({ line: tally.line(), results: tally.results }))
