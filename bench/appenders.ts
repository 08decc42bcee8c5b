// Drives an append the way concurrent callers do: each one waits for its own answer before it sends the next.
import type { Sample } from './harness.ts'
import { timed } from './harness.ts'

/** `count` appenders share `total` calls. `append` gets the number of the call, counted over all appenders. */
export async function appenders(count: number, total: number, append: (i: number) => Promise<void>): Promise<number> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < total) await append(next++)
  }
  await Promise.all(Array.from({ length: count }, one))
  return total
}

/** The same, timed per call. `garbage` as {@link timed} takes it. */
export function timedAppenders(
  count: number,
  total: number,
  append: (i: number) => Promise<void>,
  garbage: 'all' | 'young' = 'all',
): Promise<Sample> {
  return timed(() => appenders(count, total, append), garbage)
}

/** Lets one call through at a time, in order of arrival: what a store does that gives every append a commit of its own. */
export function oneAtATime(append: (i: number) => Promise<void>): (i: number) => Promise<void> {
  let last = Promise.resolve()
  return (i) => {
    const mine = last.then(() => append(i))
    last = mine.catch(() => undefined)
    return mine
  }
}
