// Spans of time in words, such as "1 hour 20 minutes", "полчаса" and "两个小时", as Temporal durations.

import { numberOf, numberPattern, type Unit, unitOf, unitPattern } from './words.ts'

/** One or more numbers with their units, `and` between them. */
const one = `(?:${numberPattern}\\s*(?:个)?半?\\s*${unitPattern}|half an? hour|an hour and a half|пол\\s?часа|полтора часа|半个?小时|半天)`
export const spanPattern = `${one}(?:\\s*(?:,|and|и|零|又)?\\s*${one})*`

const half: readonly (readonly [RegExp, string])[] = [
  [/an hour and a half/gi, '90 minutes'],
  [/half an? hour|пол\s?часа|半个?小时/giu, '30 minutes'],
  [/半天/g, '12 hours'],
  [/(\d+|[零一二两三四五六七八九十]+)\s*个半(小时|钟头)/g, '$1小时30分钟'],
]
const piece = new RegExp(`(${numberPattern})\\s*(${unitPattern})`, 'giu')

/** Null for what is no span; fractions are kept for hours and smaller units only. */
export function spanOf(text: string): Temporal.Duration | null {
  const plain = half.reduce((so, [pattern, by]) => so.replace(pattern, by), text)
  const sums = new Map<Unit, number>()
  for (const [, number = '', word = ''] of plain.matchAll(piece)) {
    const [count, unit] = [numberOf(number), unitOf(word)]
    if (count === null || unit === null) return null
    sums.set(unit, (sums.get(unit) ?? 0) + count)
  }
  if (sums.size === 0) return null
  let seconds = 0
  const fields: Partial<Record<Unit, number>> = {}
  for (const [unit, count] of sums) {
    if (unit === 'seconds' || unit === 'minutes' || unit === 'hours') seconds += count * inSeconds[unit]
    else if (!Number.isInteger(count) || count > 100_000) return null
    else fields[unit] = count
  }
  // A leap of a day in clock time is no day of the calendar: hours stay hours.
  return seconds > 1e9 ? null : Temporal.Duration.from({ ...fields, seconds: Math.round(seconds) })
}

const inSeconds = { seconds: 1, minutes: 60, hours: 3600 } as const
