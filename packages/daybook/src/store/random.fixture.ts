// Random programs against a store and a plain model: every answer and everything left behind must agree.

import fc from 'fast-check'
import type { Cases } from '../cases.fixture.ts'
import { Model } from './conformance/model.ts'
import { extras, Run, type Step, sessionNames, type Write } from './conformance/program.ts'
import type { StoreUnderTest } from './conformance/suite.ts'

const session = fc.constantFrom(...sessionNames)
const pick = fc.nat(2)

const write: fc.Arbitrary<Write> = fc.record({
  session,
  how: fc.oneof(
    { weight: 6, arbitrary: fc.constant('next' as const) },
    { weight: 2, arbitrary: fc.constantFrom('open' as const, 'fork' as const) },
    { weight: 1, arbitrary: fc.constant('stale' as const) },
  ),
  base: session,
  back: fc.nat(4),
  count: fc.integer({ min: 1, max: 3 }),
  extra: fc.constantFrom(...extras),
  pick,
  place: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constantFrom('open' as const, 'archived' as const, 'trash' as const) },
  ),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      step: fc.constant('append' as const),
      batch: fc.array(write, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ step: fc.constant('delete' as const), session, stale: fc.boolean(), keyed: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constantFrom('acquire' as const, 'release' as const),
      session,
      holder: fc.constantFrom('x', 'y'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('put' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('wait' as const), hours: fc.constantFrom(1, 25, 31 * 24) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('sweep' as const, 'reopen' as const) }) },
)

interface Bounds extends Cases {
  readonly steps: number
}

/** Runs so many random programs of at most so many steps, each on a store of its own. */
export async function agrees(create: () => Promise<StoreUnderTest>, { steps, ...tried }: Bounds): Promise<void> {
  const program = fc.array(step, { minLength: 5, maxLength: steps, size: 'max' })
  const property = fc.asyncProperty(program, async (all) => {
    const given = await create()
    try {
      await given.store.open()
      const run = new Run(given, new Model(given.clock.now))
      for (const [index, one] of all.entries()) {
        await run.take(one)
        if (index % 8 === 7) await run.compare()
      }
      await run.compare()
    } finally {
      await given.dispose()
    }
  })
  await fc.assert(property, tried)
}
