// Which of the last units go into a context: as many as fit, cut in steps, so that the beginning stays the same for many turns.

import type { Unit } from './units.ts'

export interface Window {
  /** Place of the first unit that is sent. */
  readonly start: number
  /** Place of what the person said last, where it stands before that and is sent all the same. */
  readonly kept: number | null
}

/** Units without one of them. */
interface Fit {
  readonly room: number
  readonly most: number
  /** Nothing stands before the first unit. */
  readonly whole: boolean
}

export function windowOf(units: readonly Unit[], fit: Fit): Window {
  const asked = units.findLastIndex((unit) => unit.asked)
  const oldest = oldestFitting(units, fit, 0)
  if (oldest === 0 && fit.whole) return { start: 0, kept: null }
  const start = stepped(units, oldest, fit.whole)
  if (asked < 0 || asked >= start) return { start, kept: null }
  // One turn is longer than the budget: what it began with stays, and the rest has what is left.
  const room = fit.room - (units[asked]?.tokens ?? 0)
  return { start: stepped(units, oldestFitting(units, { ...fit, room }, asked + 1), fit.whole), kept: asked }
}

function oldestFitting(units: readonly Unit[], { room, most }: Fit, least: number): number {
  let [left, at] = [room, units.length]
  while (at > least && units.length - at < most) {
    left -= units[at - 1]?.tokens ?? 0
    if (left < 0) break
    at -= 1
  }
  return at
}

/**
 * The first unit behind a step of the log, at or behind `oldest`: steps are a power of two of entries, at most a quarter of what
 * fits, so the beginning moves seldom and then by much. It is what a person said where that costs less than half.
 */
function stepped(units: readonly Unit[], oldest: number, whole: boolean): number {
  const [first, last] = [units[oldest], units.at(-1)]
  if (!first || !last || (oldest === 0 && whole)) return oldest
  const span = last.last - first.first + 1
  const step = 2 ** Math.max(0, Math.floor(Math.log2(span / 4)))
  const stepOf = (at: number): number => Math.floor((units[at]?.first ?? 0) / step)
  let start = oldest
  while (start < units.length && (start === 0 || stepOf(start) === stepOf(start - 1))) start += 1
  if (start === units.length) return oldest
  const all = tokensFrom(units, oldest)
  const asked = units.findIndex((unit, at) => at >= start && unit.asked)
  return asked >= 0 && tokensFrom(units, asked) * 2 >= all ? asked : start
}

function tokensFrom(units: readonly Unit[], start: number): number {
  return units.slice(start).reduce((sum, { tokens }) => sum + tokens, 0)
}
