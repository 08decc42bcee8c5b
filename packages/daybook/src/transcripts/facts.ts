// What translators learn of a session on the way, and the ids that they have spoken of.

import type { Json } from '../schema/json.ts'
import { sha256 } from '../store/hash.ts'
import type { Facts } from './contract.ts'
import { fieldsOf, listOf } from './fields.ts'

type Told = { readonly [Name in keyof Facts]: Facts[Name] | undefined }

/** The known facts and what a record tells beside; the same object where it tells nothing new. */
export function learned(facts: Facts, told: Told): Facts {
  let known = facts
  for (const name of Object.keys(told) as (keyof Facts)[]) {
    const value = told[name]
    if (value !== undefined && value !== facts[name]) known = { ...known, [name]: value }
  }
  return known
}

/** Ids that a translator remembers at most in a memo; beyond that, old records are taken again. */
const mostInMemo = 256
/** Characters of an id's hash: among ten thousand, two alike are as likely as one in five million. */
const length = 8

/** Things of a transcript that were spoken of already: its agent writes them again when they grow. */
export class Spoken {
  readonly #ids: Set<string>

  constructor(memo?: Json) {
    this.#ids = new Set(listOf(memo).filter((id) => typeof id === 'string'))
  }

  /** True the first time. */
  first(id: string): boolean {
    const short = sha256(id).slice(0, length)
    const before = this.#ids.size
    return this.#ids.add(short).size > before
  }

  memo(): readonly string[] | undefined {
    return this.#ids.size > mostInMemo ? undefined : [...this.#ids]
  }
}

/** Facts out of a memo. */
export function factsIn(memo: unknown): Facts {
  return fieldsOf(fieldsOf(memo).facts)
}
