// Times as people read them, always against a clock that is handed in.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Age in one unit: `12 s`, `4 m`, `5 h`, `3 d`, `3 w`, then the date. */
export function ago(at: number, now: number): string {
  const age = Math.max(0, now - at)
  const whole = (unit: number, name: string): string => [Math.floor(age / unit), name].join(' ')
  if (age < minute) return whole(second, 's')
  if (age < hour) return whole(minute, 'm')
  if (age < 2 * day) return whole(hour, 'h')
  if (age < 14 * day) return whole(day, 'd')
  if (age < 70 * day) return whole(7 * day, 'w')
  return dateOf(at)
}

/** Time of day; with the day in front when it is not today. */
export function clock(at: number, now: number): string {
  const time = timeOf(at)
  if (dateOf(at) === dateOf(now)) return time
  if (dateOf(at) === dateOf(now - day)) return `yesterday ${time}`
  return `${dateOf(at)} ${time}`
}

export function timeOf(at: number, withSeconds = false): string {
  const time = new Date(at)
  const parts = [time.getHours(), time.getMinutes(), ...(withSeconds ? [time.getSeconds()] : [])]
  return parts.map(two).join(':')
}

function dateOf(at: number): string {
  const time = new Date(at)
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** `40 ms`, `3.2 s`, `4 m 10 s`. */
export function lasting(milliseconds: number): string {
  const seconds = milliseconds / second
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`
  if (milliseconds < minute) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  return `${minutes} m ${Math.round(seconds - 60 * minutes)} s`
}

const units: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day, w: 7 * day }

/** Milliseconds of `90s`, `15m`, `2h`, `3d`, `1w`; null for anything else. */
export function spanOf(text: string): number | null {
  const match = /^(\d{1,9})\s?([smhdw])$/.exec(text.trim())
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN) : null
}

/** The moment that `--since` names: a span back from now, `today`, `yesterday`, or a date; null for anything else. */
export function momentOf(text: string, now: number): number | null {
  const span = spanOf(text)
  if (span !== null) return now - span
  if (text === 'today' || text === 'yesterday') {
    const start = new Date(now)
    start.setHours(0, 0, 0, 0)
    if (text === 'yesterday') start.setDate(start.getDate() - 1)
    return start.getTime()
  }
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text)) return null
  const moment = Date.parse(text.length === 10 ? `${text}T00:00:00` : text)
  return Number.isNaN(moment) ? null : moment
}

/** Bytes in one unit of 1,024: `812 B`, `4.2 MB`. */
export function bytes(count: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB']
  let left = count
  let at = 0
  while (left >= 1024 && at < names.length - 1) {
    left /= 1024
    at += 1
  }
  return at === 0 ? `${count} B` : `${left < 10 ? left.toFixed(1) : Math.round(left)} ${names[at]}`
}

/** A whole number with its thousands apart, the same in every locale. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 entry`, `2 entries`; the plural is given where it is not an `s`. */
export function many(number: number, one: string, more?: string): string {
  return `${count(number)} ${number === 1 ? one : (more ?? `${one}s`)}`
}
