// How dates are said in English, Russian and Chinese.

import type { Language } from '../../../../session/summary/language.ts'

type Moment = Temporal.ZonedDateTime

export interface DateWords {
  readonly now: (at: Moment) => string
  readonly weekday: (at: Moment, week: number) => string
  readonly week: (at: Moment, week: number) => string
  readonly difference: (from: Moment, to: Moment, days: number) => string
  readonly sum: (at: Moment, timed: boolean) => string
}

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru', zh: 'zh-CN' }
const day = { year: 'numeric', month: 'long', day: 'numeric' } as const

function said(language: Language, at: Moment, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: at.timeZoneId }).format(
    at.epochMilliseconds,
  )
}

function wordsOf(
  language: Language,
  units: (days: number) => string,
  week: (number: number, year: number) => string,
): DateWords {
  const date = (at: Moment) => said(language, at, { ...day, weekday: 'long' })
  const time = (at: Moment) => said(language, at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return {
    now: (at) => `${date(at)}, ${time(at)} (${at.timeZoneId})`,
    weekday: date,
    week: (at, number) => `${said(language, at, day)}: ${week(number, at.yearOfWeek ?? at.year)}`,
    difference: (from, to, days) => `${said(language, from, day)} → ${said(language, to, day)}: ${units(days)}`,
    sum: (at, timed) => (timed ? `${date(at)}, ${time(at)}` : date(at)),
  }
}

function counted(locale: string): (days: number) => string {
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' })
  return (days) => format.format(days)
}

export const dateWords: Readonly<Record<Language, DateWords>> = {
  en: wordsOf('en', counted('en'), (number, year) => `week ${number} of ${year}`),
  ru: wordsOf('ru', counted('ru'), (number, year) => `неделя ${number}, ${year} год`),
  zh: wordsOf('zh', counted('zh-CN'), (number, year) => `${year}年第${number}周`),
}
