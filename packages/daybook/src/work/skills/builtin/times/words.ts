// The words of time in English, Russian and Chinese: units, numbers, weekdays, months, parts of a day.

export type Unit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years'

/** Patterns of one unit's names; Russian by stem, Chinese as it stands. */
const unitWords: readonly (readonly [Unit, string])[] = [
  ['seconds', 'seconds?|secs?|секунд[уыа]?|сек|秒钟|秒'],
  ['minutes', 'minutes?|mins?|минут[уыа]?|минутк[уи]|мин|分钟|分'],
  ['hours', 'hours?|hrs?|h|час(?:а|ов)?|часик|ч|个?小时|个?钟头'],
  ['days', 'days?|день|дня|дней|сут(?:ки|ок)|天|日'],
  ['weeks', 'weeks?|недел[юиья]|недель|个?星期|个?礼拜|周'],
  ['months', 'months?|месяц(?:а|ев)?|个月|月'],
  ['years', 'years?|год(?:а)?|лет|年'],
]
/** The end of a name is looked at, so that no name hides a longer one. */
export const unitPattern = `(?:${unitWords.map(([, names]) => names).join('|')})(?![a-zа-яё])`

export function unitOf(word: string): Unit | null {
  const lower = word.toLowerCase()
  return unitWords.find(([, names]) => new RegExp(`^(?:${names})$`, 'u').test(lower))?.[0] ?? null
}

const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  один: 1,
  одну: 1,
  два: 2,
  две: 2,
  три: 3,
  четыре: 4,
  пять: 5,
  шесть: 6,
  семь: 7,
  восемь: 8,
  девять: 9,
  десять: 10,
  пятнадцать: 15,
  двадцать: 20,
  тридцать: 30,
  полтора: 1.5,
  полторы: 1.5,
}
const chineseDigits = '零一二三四五六七八九'
export const numberPattern = `(?:\\d+(?:[.,]\\d+)?|${Object.keys(numbers)
  .sort((a, b) => b.length - a.length)
  .join('|')}|[零一二两三四五六七八九十]+)`

/** Null for what is no number. */
export function numberOf(word: string): number | null {
  const lower = word.toLowerCase()
  if (/^\d/.test(lower)) return Number(lower.replace(',', '.'))
  return numbers[lower] ?? chineseNumber(lower)
}

/** Up to 99: 三, 十五, 二十, 三十五. */
function chineseNumber(word: string): number | null {
  const plain = word.replaceAll('两', '二')
  const digit = (sign: string) => chineseDigits.indexOf(sign)
  const [, tens = '', ten = '', ones = ''] = /^([一二三四五六七八九]?)(十?)([零一二三四五六七八九]?)$/.exec(plain) ?? []
  if (`${tens}${ten}${ones}` !== plain || plain === '') return null
  if (ten === '') return ones === '' || tens === '' ? digit(tens || ones) : null
  return (tens === '' ? 1 : digit(tens)) * 10 + (ones === '' ? 0 : digit(ones))
}

/** In order from Monday. */
export const weekdays: readonly string[] = [
  'monday|mon|понедельник(?:а|у)?|(?:周|星期|礼拜)一',
  'tuesday|tues?|вторник(?:а|у)?|(?:周|星期|礼拜)二',
  'wednesday|wed|сред[ауы]|среде|(?:周|星期|礼拜)三',
  'thursday|thurs?|четверг(?:а|у)?|(?:周|星期|礼拜)四',
  'friday|fri|пятниц[ауые]|(?:周|星期|礼拜)五',
  'saturday|sat|суббот[ауые]|(?:周|星期|礼拜)六',
  'sunday|sun|воскресень[еяю]|(?:周|星期|礼拜)[日天]',
]

/** In order from January. */
export const months: readonly string[] = [
  'january|jan|январ[ья]',
  'february|feb|феврал[ья]',
  'march|mar|марта?',
  'april|apr|апрел[ья]',
  'may|ма[йя]',
  'june|jun|июн[ья]',
  'july|jul|июл[ья]',
  'august|aug|августа?',
  'september|sept?|сентябр[ья]',
  'october|oct|октябр[ья]',
  'november|nov|ноябр[ья]',
  'december|dec|декабр[ья]',
]

export interface DayPart {
  readonly pattern: string
  /** The hour meant when only the part is named. */
  readonly hour: number
  /** Hours of a 12-hour clock below this one are meant 12 later; 0: none are. */
  readonly later: number
}

export const dayParts: readonly DayPart[] = [
  { pattern: 'in the morning|morning|утром|утра|早上|早晨|上午|清晨', hour: 9, later: 0 },
  { pattern: 'at noon|noon|midday|в полдень|полдень|中午|正午', hour: 12, later: 11 },
  { pattern: 'in the afternoon|afternoon|дн[её]м|дня|下午', hour: 15, later: 12 },
  { pattern: 'in the evening|evening|tonight|вечером|вечера|晚上|傍晚|今晚', hour: 19, later: 12 },
  { pattern: 'at midnight|midnight|в полночь|полночь|午夜|半夜', hour: 0, later: 0 },
]
