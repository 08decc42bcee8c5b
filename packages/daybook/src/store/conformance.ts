// The contract of stores as a suite that any test runner can run: a registrar, a factory, one test per promise.

import { appending } from './conformance/appending.ts'
import { blobs } from './conformance/blobs.ts'
import { deleting } from './conformance/deleting.ts'
import { feed } from './conformance/feed.ts'
import { folds } from './conformance/folds.ts'
import { forks } from './conformance/forks.ts'
import { held } from './conformance/held.ts'
import { keys } from './conformance/keys.ts'
import { lasting } from './conformance/lasting.ts'
import { leased } from './conformance/leased.ts'
import { leases } from './conformance/leases.ts'
import { lists } from './conformance/lists.ts'
import { marks } from './conformance/marks.ts'
import { reading } from './conformance/reading.ts'
import { refs } from './conformance/refs.ts'
import { scopes } from './conformance/scopes.ts'
import { type Registrar, type StoreFactory, suiteOf } from './conformance/suite.ts'
import { texts } from './conformance/texts.ts'

const parts = {
  appending,
  keys,
  scopes,
  reading,
  forks,
  folds,
  deleting,
  leases,
  leased,
  refs,
  feed,
  lists,
  marks,
  held,
  blobs,
  texts,
  lasting,
}

/**
 * Registers every test that a store with these `supports` must pass. Each test makes its own store through the factory
 * and disposes of it.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * storeConformance({ describe, it }, { name: 'memory', supports, create })
 * ```
 */
export function storeConformance(register: Registrar, factory: StoreFactory): void {
  const suite = suiteOf(register, factory)
  register.describe(`${factory.name} keeps the contract of stores`, () => {
    for (const [name, part] of Object.entries(parts)) suite.part(name, () => part(suite))
  })
}
