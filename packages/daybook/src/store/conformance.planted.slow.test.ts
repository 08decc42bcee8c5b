// The suite itself under test: every planted bug is caught by the test that promises it, and the healthy store passes.

import { deepStrictEqual, fail, ok, rejects, strictEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endingPlants } from './conformance/planted/ending.ts'
import { afterSweep, eachAppend, type Plant, planted, verbs } from './conformance/planted/frame.ts'
import { heldPlants } from './conformance/planted/held.ts'
import { readingPlants } from './conformance/planted/reading.ts'
import { writingPlants } from './conformance/planted/writing.ts'
import type { StoreUnderTest } from './conformance/suite.ts'
import { storeConformance } from './conformance.ts'
import { memorySupports } from './memory/build.ts'

const plants: readonly Plant[] = [...writingPlants, ...readingPlants, ...endingPlants, ...heldPlants]

/** The tests of the suite for stores that `create` makes, by name, not run. */
function testsOf(create: () => StoreUnderTest): Map<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>()
  storeConformance(
    {
      describe: (_, body) => body(),
      it: (name, body) => {
        ok(!tests.has(name), `two tests are called ${name}`)
        tests.set(name, body)
      },
    },
    { name: 'memory', supports: memorySupports, create: async () => create() },
  )
  return tests
}

describe('the suite of stores', () => {
  const healthy: Readonly<Record<string, Plant['plant']>> = {
    'as it is': (store) => store,
    'through replaced verbs': verbs((inner) => ({ read: (session, range) => inner.read(session, range) })),
    'with each append written alone': eachAppend((append) => append),
    'with its sweep watched': afterSweep(() => undefined),
  }
  for (const [how, plant] of Object.entries(healthy)) {
    it(`passes the healthy store ${how}`, async () => {
      for (const [name, test] of testsOf(() => planted(plant))) await test().catch((error) => fail(`${name}: ${error}`))
    })
  }

  it('knows at least 30 bugs, each once', () => {
    ok(plants.length >= 30)
    strictEqual(new Set(plants.map((plant) => plant.bug)).size, plants.length)
  })

  for (const { bug, caughtBy, plant } of plants) {
    it(`catches: ${bug} — by: ${caughtBy}`, async () => {
      const test = testsOf(() => planted(plant)).get(caughtBy)
      ok(test, `there is no test "${caughtBy}"`)
      await rejects(test(), (error) => {
        // A bug is caught by an assertion or a typed refusal; a plant that breaks by itself proves nothing.
        ok(error instanceof Error && ['AssertionError', 'DaybookError'].includes(error.name), String(error))
        return true
      })
    })
  }

  it('catches something in every part of the contract', () => {
    const parts = new Map<string, string>()
    let part = ''
    storeConformance(
      {
        describe: (name, body) => {
          part = name
          body()
        },
        it: (name) => void parts.set(name, part),
      },
      { name: 'memory', supports: memorySupports, create: async () => planted((store) => store) },
    )
    const caught = new Set(plants.map((plant) => parts.get(plant.caughtBy)))
    deepStrictEqual(
      [...new Set(parts.values())].filter((name) => !caught.has(name)),
      [],
    )
  })
})
