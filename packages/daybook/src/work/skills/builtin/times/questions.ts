// What a text wants to know about dates: which operation, on which dates, in which time zone.

import { type Language, languageOf } from '../../../../session/summary/language.ts'
import type { TextContext } from '../../contract.ts'
import { dayIn } from './days.ts'
import { momentIn } from './moments.ts'
import { spanOf, spanPattern } from './spans.ts'
import { zoneIn } from './zones.ts'

export const dateOperations = ['now', 'difference', 'add', 'weekday', 'week'] as const

export interface DateInput {
  readonly [name: string]: string
  readonly operation: (typeof dateOperations)[number]
  readonly language: Language
}

const between =
  /\b(?:how (?:many days|long)|days? (?:until|till|between|since|from)|difference)\b|сколько (?:дней|осталось|прошло)|разница|до какого|多少天|几天|相差|还有多久|距离/iu
const weekNumber = /\bweek number\b|\b(?:what|which) week\b|(?:номер|какая(?: сейчас)?)\s+недел|第几周|第几个?星期/iu
const weekday =
  /\b(?:what|which) (?:week)?day\b|\bday of the week\b|\bweekday\b|день недели|какой (?:это |будет |был )?день|星期几|周几|礼拜几/iu
const present =
  /\b(?:time|date|day|today|now)\b|который час|сколько (?:сейчас )?времени|время|дата|число|сегодня|сейчас|день|几点|时间|几号|日期|今天|现在/iu
const backwards = new RegExp(
  `(${spanPattern})\\s*(?:ago|before|назад|до|前|以前|之前)(?![\\p{Script=Latin}\\p{Script=Cyrillic}])`,
  'iu',
)
const forwards = new RegExp(`(${spanPattern})\\s*(?:after|from|после|от|с)\\s`, 'iu')

/** Null when it asks for no date. */
export function dateQuestion(text: string, { now, timeZone }: TextContext): DateInput | null {
  const zone = zoneIn(text)
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone ?? timeZone)
  const rest = { language: languageOf(text), ...(zone === null ? undefined : { timeZone: zone }) }
  if (between.test(text)) return difference(text, here, rest)
  const added = shift(text, here)
  if (added) return { operation: 'add', ...rest, ...added }
  const day = dayIn(text, here.toPlainDate())
  const on = day === null ? undefined : { date: day.date.toString() }
  if (weekNumber.test(text)) return { operation: 'week', ...rest, ...on }
  if (weekday.test(text)) return { operation: on ? 'weekday' : 'now', ...rest, ...on }
  if (zone !== null || present.test(text))
    return {
      operation: on && on.date !== here.toPlainDate().toString() ? 'weekday' : 'now',
      ...rest,
      ...(on?.date === here.toPlainDate().toString() ? undefined : on),
    }
  return null
}

/** One day: from today to it; two: between them. */
function difference(
  text: string,
  now: Temporal.ZonedDateTime,
  rest: { readonly language: Language; readonly timeZone?: string },
): DateInput | null {
  const today = now.toPlainDate()
  const first = dayIn(text, today)
  if (!first) return null
  const second = dayIn(first.rest, today)
  const [from, to] = second ? [first.date, second.date] : [today, first.date]
  return { operation: 'difference', ...rest, date: from.toString(), to: to.toString() }
}

function shift(
  text: string,
  now: Temporal.ZonedDateTime,
): { readonly date?: string; readonly duration: string } | null {
  const back = backwards.exec(text)
  const ahead = forwards.exec(text)
  const span = spanOf(back?.[1] ?? ahead?.[1] ?? '')
  const match = back ?? ahead
  if (match && span) {
    const day = dayIn(text.replace(match[0], ' '), now.toPlainDate())
    const duration = (back ? span.negated() : span).toString()
    return day ? { date: day.date.toString(), duration } : { duration }
  }
  const found = momentIn(text, now)
  // Only spans are sums; a day that is named is asked about.
  const named = new RegExp(spanPattern, 'iu').exec(text)
  const plain = named && spanOf(named[0])
  return found && plain && dayIn(text, now.toPlainDate()) === null && /(?<!\p{L})(?:in|after|через)\s|后/iu.test(text)
    ? { duration: plain.toString() }
    : null
}
