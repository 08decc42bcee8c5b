// Finds a time of day in a text: "at 9:30", "5 pm", "в 9 вечера", "下午3点半", "noon".

import { dayParts, numberOf } from './words.ts'

export interface FoundTime {
  readonly time: Temporal.PlainTime
  readonly rest: string
}

const parts = dayParts.map(({ pattern }) => pattern).join('|')
const edge = '(?![\\p{L}\\d])'
/** Each gives hour, minute, and what says which half of the day. */
const clocks: readonly RegExp[] = [
  new RegExp(
    `(?:(?<![\\p{L}])(?:at|by|around|в|к|около)\\s+)?(?<![\\d.:-])(?<hour>\\d{1,2})[:.](?<minute>\\d{2})(?:\\s*(?<half>a\\.?m\\.?|p\\.?m\\.?|${parts}))?(?![\\d:]|[.]\\d|\\p{L})`,
    'iu',
  ),
  new RegExp(
    `(?:(?<!\\p{L})(?:at|by|around)\\s+)?(?<!\\d)(?<hour>\\d{1,2})\\s*(?<half>a\\.?m\\.?|p\\.?m\\.?)${edge}`,
    'iu',
  ),
  new RegExp(
    `(?<!\\p{L})(?:at|by|around|в|к|около)\\s+(?<hour>\\d{1,2})(?:\\s*(?:o'?clock|час(?:а|ов)?|ч))?(?:\\s*(?<half>${parts}))?(?!\\s*(?:%|\\p{L}*(?:минут|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр)))${edge}`,
    'iu',
  ),
  new RegExp(
    `(?<part>${parts})?\\s*(?<hour>\\d{1,2}|[一二两三四五六七八九十]{1,3})\\s*[点點时](?:(?<minute>\\d{1,2}|[一二三四五六七八九十]{1,3})分?|(?<thirty>半)|(?<quarter>一刻)|整)?(?!\\d)`,
    'iu',
  ),
]
const onlyPart = new RegExp(
  `(?<!\\p{Script=Latin}|\\p{Script=Cyrillic})(?:${parts})(?!\\p{Script=Latin}|\\p{Script=Cyrillic})`,
  'iu',
)

/** Null where none is named; hours over 23 and minutes over 59 are none. */
export function timeIn(text: string): FoundTime | null {
  for (const clock of clocks) {
    const match = clock.exec(text)
    const time = match?.groups && timeOf(match.groups, text)
    if (match && time) {
      const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`
      // "tomorrow morning at 9" has said the morning already.
      return { time, rest: rest.replace(onlyPart, ' ').replace(/\s+/g, ' ').trim() }
    }
  }
  const named = onlyPart.exec(text)
  const part = named && partOf(named[0])
  if (!named || !part) return null
  const rest = `${text.slice(0, named.index)} ${text.slice(named.index + named[0].length)}`
  return { time: Temporal.PlainTime.from({ hour: part.hour }), rest: rest.replace(/\s+/g, ' ').trim() }
}

function timeOf(groups: Readonly<Record<string, string | undefined>>, text: string): Temporal.PlainTime | null {
  const hour = numberOf(groups.hour ?? '')
  const minute = groups.thirty ? 30 : groups.quarter ? 15 : groups.minute === undefined ? 0 : numberOf(groups.minute)
  if (hour === null || minute === null || hour > 23 || minute > 59) return null
  const half = groups.half ?? groups.part ?? onlyPart.exec(text)?.[0]
  return Temporal.PlainTime.from({ hour: inHalf(hour, half), minute })
}

/** 12 am is midnight, 12 pm noon; in the evening, 9 is 21. */
function inHalf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour
  if (/^a/i.test(half) && /^a\.?m/i.test(half)) return hour % 12
  if (/^p\.?m/i.test(half)) return (hour % 12) + 12
  const part = partOf(half)
  return part && hour < part.later ? hour + 12 : hour
}

function partOf(word: string): (typeof dayParts)[number] | undefined {
  return dayParts.find(({ pattern }) => new RegExp(`^(?:${pattern})$`, 'iu').test(word))
}
