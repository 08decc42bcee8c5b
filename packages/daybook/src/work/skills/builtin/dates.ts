// The skill `dates`: the present day and time, differences, additions, weekdays and week numbers, in any time zone.

import { DaybookError } from '../../../schema/errors.ts'
import { type Language, languages } from '../../../session/summary/language.ts'
import { defineSkill } from '../define.ts'
import { dateWords } from './times/answers.ts'
import { type DateInput, dateOperations, dateQuestion } from './times/questions.ts'

interface DateOutput {
  readonly [name: string]: string | number
  readonly text: string
  /** ISO 8601: what the answer is about. */
  readonly date: string
}

export const dates = defineSkill<DateInput, DateOutput>({
  id: 'dates',
  name: 'Dates',
  description:
    'Tells what day and time it is, here or in another time zone, the days between dates, a date before or after a span, weekdays and week numbers.',
  tags: [
    ...['date', 'time', 'day', 'today', 'now', 'what time', 'what day', 'time zone', 'days until', 'days between'],
    ...['weekday', 'week number', 'calendar', 'how many days'],
    ...['дата', 'время', 'день', 'сегодня', 'который час', 'какой день', 'часовой пояс', 'сколько дней', 'день недели'],
    ...['номер недели', 'календарь', 'какое число'],
    ...['日期', '时间', '今天', '几点', '几号', '星期几', '时区', '多少天', '第几周', '日历'],
  ],
  input: {
    type: 'object',
    properties: {
      operation: { enum: [...dateOperations] },
      date: { type: 'string', maxLength: 64, description: 'ISO 8601 date, or date and time; default: now.' },
      to: { type: 'string', maxLength: 64, description: 'The other end of a difference.' },
      duration: { type: 'string', maxLength: 64, description: 'ISO 8601, as P1M or -P3DT4H, to add.' },
      timeZone: { type: 'string', maxLength: 64, description: 'IANA name; default: that of the run.' },
      language: { enum: [...languages] },
    },
    required: ['operation'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      date: { type: 'string' },
      timeZone: { type: 'string' },
      days: { type: 'integer', description: 'Whole days of a difference.' },
      weekday: { type: 'integer', minimum: 1, maximum: 7, description: '1 is Monday.' },
      week: { type: 'integer', minimum: 1, maximum: 53, description: 'ISO 8601.' },
    },
    required: ['text', 'date'],
    additionalProperties: false,
  },
  idempotent: true,
  claims: true,
  fromText: dateQuestion,
  run: (input, { now, timeZone }) => {
    const zone = checked('timeZone', input.timeZone ?? timeZone, (name) =>
      Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(name),
    )
    const date = input.date === undefined ? zone : momentOf('date', input.date, zone.timeZoneId)
    return answered(input, date, zone, input.language ?? 'en')
  },
})

function answered(input: DateInput, date: Temporal.ZonedDateTime, now: Temporal.ZonedDateTime, language: Language) {
  const words = dateWords[language]
  const { timeZoneId: timeZone } = date
  const said = { date: date.toString({ timeZoneName: 'never', smallestUnit: 'second' }), timeZone }
  const of = { weekday: date.dayOfWeek, week: weekOf(date) }
  switch (input.operation) {
    case 'now':
      return { text: words.now(date), ...said, ...of }
    case 'weekday':
    case 'week':
      return { text: words[input.operation](date, of.week), ...said, ...of }
    case 'difference': {
      const to = momentOf('to', required('to', input.to), timeZone)
      const from = input.date === undefined ? now : date
      const days = from.toPlainDate().until(to.toPlainDate(), { largestUnit: 'days' }).days
      return { text: words.difference(from, to, days), ...said, days }
    }
    case 'add': {
      const span = checked('duration', required('duration', input.duration), Temporal.Duration.from)
      const sum = checked('duration', span, (each) => date.add(each))
      const shown = sum.toString({ timeZoneName: 'never', smallestUnit: 'second' })
      return { text: words.sum(sum, timed(span)), date: shown, timeZone, weekday: sum.dayOfWeek, week: weekOf(sum) }
    }
  }
}

const timed = (span: Temporal.Duration): boolean => span.hours !== 0 || span.minutes !== 0 || span.seconds !== 0

function weekOf({ weekOfYear }: Temporal.ZonedDateTime): number {
  if (weekOfYear === undefined) throw new DaybookError('internal', 'the ISO calendar has weeks')
  return weekOfYear
}

/** A date alone means its begin, in the zone; an offset counts where one is given. */
function momentOf(field: 'date' | 'to', text: string, timeZone: string): Temporal.ZonedDateTime {
  return checked(field, text, (each) =>
    /T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(each)
      ? Temporal.Instant.from(each).toZonedDateTimeISO(timeZone)
      : Temporal.PlainDateTime.from(each, { overflow: 'reject' }).toZonedDateTime(timeZone),
  )
}

function required(field: string, value: string | undefined): string {
  if (value === undefined) throw new DaybookError('invalid', `${field} is needed for this operation`, { field })
  return value
}

function checked<T, R>(field: string, value: T, read: (value: T) => R): R {
  try {
    return read(value)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new DaybookError('invalid', `${field} is not understood, or out of range: ${String(value)}`, { field, cause })
  }
}
