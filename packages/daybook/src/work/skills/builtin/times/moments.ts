// Finds the moment that a text names, in English, Russian and Chinese, seen from a present moment in a time zone.

import { timeIn } from './clock.ts'
import { dayIn } from './days.ts'
import { spanOf, spanPattern } from './spans.ts'

export interface Found {
  readonly at: Temporal.ZonedDateTime
  /** The text without the words that named the moment. */
  readonly rest: string
  /** A time of day was named, or a span of hours and less. */
  readonly timed: boolean
}

const after = [
  new RegExp(`(?<![\\p{L}\\d])(?:in|after|через|спустя|过|再过)\\s*(${spanPattern})(?:后|以后|之后)?`, 'iu'),
  new RegExp(`(${spanPattern})\\s*(?:from now|later|спустя|后|以后|之后)`, 'iu'),
  /(?<!\p{L})через\s+(час|минуту|день|неделю|месяц|год|сутки)(?!\p{L})/iu,
]
const iso =
  /(?:\bon\s+)?(?<!\d)(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?(?!\d)/i

/** The hour that is meant where only a day is named. */
const dayHour = 9

/** Null where no moment is named. A time without a day is the next such time. */
export function momentIn(text: string, now: Temporal.ZonedDateTime): Found | null {
  return isoMoment(text, now) ?? spanMoment(text, now) ?? dayMoment(text, now)
}

function isoMoment(text: string, now: Temporal.ZonedDateTime): Found | null {
  const match = iso.exec(text)
  if (!match) return null
  const [whole, day = '', time = '', offset] = match
  try {
    const at =
      offset === undefined
        ? Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(now.timeZoneId)
        : Temporal.Instant.from(`${day}T${time}${offset.toUpperCase()}`).toZonedDateTimeISO(now.timeZoneId)
    return { at, rest: without(text, match.index, whole.length), timed: true }
  } catch (error) {
    // 2026-02-30 looks like a date and is none.
    if (error instanceof RangeError) return null
    throw error
  }
}

function spanMoment(text: string, now: Temporal.ZonedDateTime): Found | null {
  for (const pattern of after) {
    const match = pattern.exec(text)
    const span = match && spanOf(/^\d|\p{Script=Han}|\s/u.test(match[1] ?? '') ? (match[1] ?? '') : `1 ${match[1]}`)
    if (!match || !span) continue
    const rest = without(text, match.index, match[0].length)
    const dated = span.seconds === 0
    const time = dated ? timeIn(rest) : null
    const at = now.add(span)
    if (!time) return { at, rest, timed: !dated }
    return { at: at.withPlainTime(time.time), rest: time.rest, timed: true }
  }
  return null
}

function dayMoment(text: string, now: Temporal.ZonedDateTime): Found | null {
  const day = dayIn(text, now.toPlainDate())
  const time = timeIn(day?.rest ?? text)
  if (!day && !time) return null
  const date = day?.date ?? now.toPlainDate()
  const clock = time?.time ?? Temporal.PlainTime.from({ hour: dayHour })
  const at = date.toZonedDateTime({ timeZone: now.timeZoneId, plainTime: clock })
  const next = !day && Temporal.ZonedDateTime.compare(at, now) <= 0
  return {
    at: next ? date.add({ days: 1 }).toZonedDateTime({ timeZone: now.timeZoneId, plainTime: clock }) : at,
    rest: time?.rest ?? day?.rest ?? text,
    timed: time !== null,
  }
}

export function without(text: string, at: number, length: number): string {
  return `${text.slice(0, at)} ${text.slice(at + length)}`.replace(/\s+/g, ' ').trim()
}
