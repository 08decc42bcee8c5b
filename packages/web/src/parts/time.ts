// Times and figures as the reader's language writes them.

import { language } from '../i18n/language.ts'

const units = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', Number.POSITIVE_INFINITY],
] as const

const narrow = Object.fromEntries(
  units.map(([unit]) => [unit, new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' })]),
) as Record<(typeof units)[number][0], Intl.NumberFormat>

/** `12s`, `4m`, `3w`: the largest whole unit. Milliseconds. */
export function duration(milliseconds: number): string {
  let value = Math.max(0, Math.floor(milliseconds / 1000))
  for (const [unit, next] of units) {
    if (value < next) return narrow[unit].format(value)
    value = Math.floor(value / next)
  }
  return ''
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
export function clockTime(at: string | number, now: number): string {
  const moment = new Date(at)
  return moment.toDateString() === new Date(now).toDateString() ? clock.format(moment) : day.format(moment)
}

const dollars = new Intl.NumberFormat(language, { style: 'currency', currency: 'USD' })

/** Nothing for nothing. */
export function money(amount: number): string {
  if (amount === 0) return ''
  return amount < 0.01 ? `<${dollars.format(0.01)}` : dollars.format(amount)
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
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value / 1000 ** power)
}
