// Lifts the data of entries written by older versions to the present shape, on a copy, at read.

import type { Json } from './json.ts'
import { type Kind, kinds } from './kinds.ts'

export type Upcaster = (data: Json) => Json

/** `upcasters[kind][n]` lifts version n to n + 1. A kind gains a row in the same change that raises its version. */
export const upcasters: Readonly<Partial<Record<Kind, Readonly<Record<number, Upcaster>>>>> = Object.freeze({})

/** Data of version `version` in the present shape. Versions above the present one are handed through unchanged. */
export function upcast(
  kind: Kind,
  version: number,
  data: Json,
  table: Readonly<Partial<Record<Kind, Readonly<Record<number, Upcaster>>>>> = upcasters,
  present: number = kinds[kind].version,
): Json {
  let lifted = data
  for (let at = version; at < present; at += 1) {
    const step = table[kind]?.[at]
    if (step) lifted = step(lifted)
  }
  return lifted
}
