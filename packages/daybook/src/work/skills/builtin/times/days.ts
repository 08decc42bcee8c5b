// Finds a day of the calendar in a text: "tomorrow", "next Friday", "25 декабря", "12月25日", an ISO date.

import { months, weekdays } from './words.ts'

export interface FoundDay {
  readonly date: Temporal.PlainDate
  readonly rest: string
}

type Reading = (match: RegExpExecArray, today: Temporal.PlainDate) => Temporal.PlainDate | null

const letter = '\\p{Script=Latin}\\p{Script=Cyrillic}'
const word = (pattern: string): RegExp => new RegExp(`(?<![${letter}])(?:${pattern})(?![${letter}])`, 'iu')
const monthNames = months.join('|')
const dayNames = weekdays.join('|')
const indexIn = (names: readonly string[], name: string): number =>
  names.findIndex((pattern) => new RegExp(`^(?:${pattern})$`, 'iu').test(name))

const readings: readonly (readonly [RegExp, Reading])[] = [
  [/(?:on\s+)?(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/i, ([, y, m, d]) => dateOf(y, m, d)],
  [/(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]/, ([, y, m, d]) => dateOf(y, m, d)],
  [/(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]/, ([, m, d], today) => coming(m, d, today)],
  [/(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/, ([, d, m, y]) => dateOf(y, m, d)],
  [word('(?:the\\s+)?day after tomorrow|послезавтра|后天'), (_, today) => today.add({ days: 2 })],
  [word('day before yesterday|позавчера|前天'), (_, today) => today.subtract({ days: 2 })],
  [word('tomorrow|завтра|明天|明日'), (_, today) => today.add({ days: 1 })],
  [word('yesterday|вчера|昨天|昨日'), (_, today) => today.subtract({ days: 1 })],
  [word('today|сегодня|今天|今日'), (_, today) => today],
  [/今晚|tonight/iu, (_, today) => today],
  [
    word(
      `(?:on\\s+)?(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th|-?го|-?е)?\\s+(?:of\\s+)?(${monthNames})(?:,?\\s+(\\d{4})(?:\\s*года?)?)?`,
    ),
    ([, d, m = '', y], today) => named(y, m, d, today),
  ],
  [
    word(`(?:on\\s+)?(${monthNames})\\s+(\\d{1,2})(?:st|nd|rd|th)?(?![\\d:.])(?:,?\\s+(\\d{4}))?`),
    ([, m = '', d, y], today) => named(y, m, d, today),
  ],
  [
    word(`(?:on\\s+|во?\\s+)?(next|следующ\\p{L}+|下个?)?\\s*(${dayNames})`),
    ([, next, name = ''], today) => weekday(indexIn(weekdays, name) + 1, next, today),
  ],
  [word('next week|на следующей неделе|下周|下星期'), (_, today) => today.add({ days: 8 - today.dayOfWeek })],
]

/** Null where none is named. A day without a year is the next such day. */
export function dayIn(text: string, today: Temporal.PlainDate): FoundDay | null {
  for (const [pattern, read] of readings) {
    const match = pattern.exec(text)
    const date = match && read(match, today)
    // "今晚" says the evening too: it stays for the time of day.
    if (match && date) {
      const kept = /今晚|tonight/i.test(match[0]) ? ` ${match[0]} ` : ' '
      const rest = `${text.slice(0, match.index)}${kept}${text.slice(match.index + match[0].length)}`
      return { date, rest: rest.replace(/\s+/g, ' ').trim() }
    }
  }
  return null
}

function dateOf(year = '', month = '', day = ''): Temporal.PlainDate | null {
  try {
    return Temporal.PlainDate.from(
      { year: Number(year), month: Number(month), day: Number(day) },
      { overflow: 'reject' },
    )
  } catch (error) {
    // 30 February is no day; what only looks like a date is passed over.
    if (error instanceof RangeError) return null
    throw error
  }
}

function named(year: string | undefined, month: string, day: string | undefined, today: Temporal.PlainDate) {
  const number = String(indexIn(months, month) + 1)
  return year === undefined ? coming(number, day, today) : dateOf(year, number, day)
}

function coming(month: string | undefined, day: string | undefined, today: Temporal.PlainDate) {
  const date = dateOf(String(today.year), month, day)
  if (date && Temporal.PlainDate.compare(date, today) >= 0) return date
  return dateOf(String(today.year + 1), month, day)
}

/** The next such day behind today; Chinese and Russian "next" name the one of next week. */
function weekday(index: number, next: string | undefined, today: Temporal.PlainDate): Temporal.PlainDate {
  const ahead = (index - today.dayOfWeek + 7) % 7 || 7
  if (next === undefined || /^next$/i.test(next)) return today.add({ days: ahead })
  return today.add({ days: 7 - today.dayOfWeek + index })
}
