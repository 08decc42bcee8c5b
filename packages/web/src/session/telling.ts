// Figures and moments as a reader of this language writes them.

import { language } from '../i18n/language.ts'
import { t } from './words.ts'

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
const figures = new Intl.NumberFormat(language)
const money = new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', maximumFractionDigits: 2 })
const cents = new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 })

/** With the day where it is not today's. */
export function timeText(at: string, now: Date = new Date()): string {
  const date = new Date(at)
  const today = date.toDateString() === now.toDateString()
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`
}

export function wholeTime(at: string): string {
  return whole.format(new Date(at))
}

export function figure(value: number): string {
  return figures.format(value)
}

export function dollars(value: number): string {
  return value > 0 && value < 0.01 ? cents.format(value) : money.format(value)
}

/** Milliseconds, in the one unit that says enough. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return t('milliseconds', { n: Math.round(milliseconds) })
  if (seconds < 90) return t('seconds', { n: Math.round(seconds) })
  if (seconds < 5400) return t('minutes', { n: Math.round(seconds / 60) })
  return t('hours', { n: Math.round(seconds / 3600) })
}

export function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}

const units = ['B', 'KB', 'MB', 'GB'] as const

export function bytes(count: number): string {
  let size = count
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${figures.format(Math.round(size * 10) / 10)} ${units[unit]}`
}

/** An actor without its type where it is plain who is meant. */
export function actorText(by: string): string {
  return by.replace(/^(?:user|agent|program|client):/, '')
}
