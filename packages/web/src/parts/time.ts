// Times and figures as the reader's language writes them.

import { language } from '../i18n/language.ts'

const units = [
  ['millisecond', 1000],
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', Number.POSITIVE_INFINITY],
] as const

const narrow = Object.fromEntries(
  units.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' })]),
) as Record<(typeof units)[number][0], Intl.NumberFormat>

/** `40ms`, `12s`, `4m`, `3w`: the largest whole unit of milliseconds. */
export function lasting(milliseconds: number): string {
  let value = Math.max(0, Math.round(milliseconds))
  for (const [unit, next] of units) {
    if (value < next) return narrow[unit].format(value)
    value = Math.floor(value / next)
  }
  return ''
}

/** As {@link lasting}, of an age: in whole seconds at least. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? narrow.second.format(0) : lasting(milliseconds)
}

/** Milliseconds from one moment to a later one. */
export function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}

const full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })

export function fullTime(at: string | number): string {
  return full.format(new Date(at))
}

const exact = new Intl.DateTimeFormat(language, { timeStyle: 'medium' })

/** To the second, of today. */
export function exactTime(at: number): string {
  return exact.format(new Date(at))
}

/** Of today the time alone, else with its day. */
export function clockTime(at: string | number, now: number = Date.now()): string {
  const moment = new Date(at)
  return moment.toDateString() === new Date(now).toDateString() ? clock.format(moment) : day.format(moment)
}

const currency = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
const cents = new Intl.NumberFormat(language, currency)
const smaller = new Intl.NumberFormat(language, { ...currency, maximumSignificantDigits: 2 })

/** Less than a cent with two figures. */
export function dollars(amount: number): string {
  return amount > 0 && amount < 0.01 ? smaller.format(amount) : cents.format(amount)
}

/** In a list: nothing for nothing. */
export function money(amount: number): string {
  if (amount === 0) return ''
  return amount < 0.01 ? `<${cents.format(0.01)}` : cents.format(amount)
}

const figure = new Intl.NumberFormat(language)
export function count(value: number): string {
  return figure.format(value)
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** Of 1000 bytes each, as disks are sold. */
export function bytes(value: number): string {
  const power = Math.min(sizes.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  const unit = sizes[power] ?? 'byte'
  const digits = power > 0 && value / 1000 ** power < 10 ? 1 : 0
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value / 1000 ** power)
}
