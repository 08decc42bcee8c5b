// The contract of search indexes as a suite that any test runner can run: a registrar, a factory, one test per promise.

import { finding } from './conformance/finding.ts'
import { keeping } from './conformance/keeping.ts'
import { type IndexFactory, type Registrar, suiteOf } from './conformance/world.ts'

export type { IndexFactory, IndexUnderTest, Registrar } from './conformance/world.ts'

/**
 * Registers every test that a search index must pass. Each test makes its own index through the factory and disposes of it.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * searchConformance({ describe, it }, { name: 'sqlite', create })
 * ```
 */
export function searchConformance(register: Registrar, factory: IndexFactory): void {
  const suite = suiteOf(register, factory)
  register.describe(`${factory.name} keeps the contract of search indexes`, () => {
    register.describe('finding', () => finding(suite))
    register.describe('keeping', () => keeping(suite))
  })
}
