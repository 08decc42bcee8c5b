// Finds configured secrets exactly, in every form in which they usually travel, in time that hardly depends on their number.
import type { Finder, Hit } from './finder.ts'
import { MARKER_START } from './finder.ts'
import { project } from './project.ts'

/** Shortest configured value in UTF-16 units: a shorter one would tear holes into plain words. */
const LEAST_CONFIGURED = 6
/** Longest configured value in UTF-16 units. */
const MOST_CONFIGURED = 4096

export interface Configured {
  readonly name: string
  readonly value: string
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

function check({ name, value }: Configured): void {
  if (!NAME.test(name)) {
    throw new TypeError(
      `a configured secret needs a name of 1 to 64 characters A-Z a-z 0-9 . _ - (got ${JSON.stringify(name.slice(0, 80))})`,
    )
  }
  if (value.length < LEAST_CONFIGURED || value.length > MOST_CONFIGURED) {
    throw new TypeError(
      `the configured secret "${name}" must have ${LEAST_CONFIGURED} to ${MOST_CONFIGURED} characters (it has ${value.length})`,
    )
  }
  if (!value.isWellFormed()) throw new TypeError(`the configured secret "${name}" is not well-formed Unicode`)
  if (value.includes(MARKER_START))
    throw new TypeError(`the configured secret "${name}" contains the mark of a redaction`)
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
const asciiEscaped = (text: string) =>
  escaped(text).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The base64 of the value, alone and as part of something longer at each of the three alignments. */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const forms: string[] = []
  for (const shift of [0, 1, 2]) {
    let binary = '\0'.repeat(shift)
    for (const byte of bytes) binary += String.fromCharCode(byte)
    const text = btoa(binary)
    const whole = Math.floor((binary.length * 8) / 6)
    forms.push(text.slice(shift === 0 ? 0 : shift + 1, whole))
    if (shift === 0) forms.push(text, text.replace(/=+$/, ''))
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

function formsOf(value: string): string[] {
  const percent = encodeURIComponent(value)
  const lowered = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  const strict = percent.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const once = escaped(value)
  const forms = [
    value,
    once,
    escaped(once),
    asciiEscaped(value),
    percent,
    lowered,
    strict,
    percent.replaceAll('%20', '+'),
    ...base64Forms(value),
  ]
  return forms.concat(forms.map((form) => project(form).text)).filter((form) => form.length >= LEAST_CONFIGURED)
}

const BLOCKS = 8192
const block = (first: number, second: number) => ((first * 31) ^ (second * 257)) & (BLOCKS - 1)

/** Searches many strings at once, stepping by nearly the length of the shortest (after Wu and Manber). */
class Matcher {
  readonly longest: number
  readonly #least: number
  readonly #shift: Uint8Array
  readonly #byBlock = new Map<number, [form: string, name: string][]>()

  constructor(forms: ReadonlyMap<string, string>) {
    const lengths = [...forms.keys()].map((form) => form.length)
    this.longest = Math.max(0, ...lengths)
    const least = Math.min(64, ...lengths)
    this.#least = least
    this.#shift = new Uint8Array(BLOCKS).fill(least - 1)
    for (const [form, name] of forms) {
      for (let at = 1; at < least; at++) {
        const key = block(form.charCodeAt(at - 1), form.charCodeAt(at))
        this.#shift[key] = Math.min(this.#shift[key] ?? 0, least - 1 - at)
      }
      const last = block(form.charCodeAt(least - 2), form.charCodeAt(least - 1))
      this.#byBlock.set(last, [...(this.#byBlock.get(last) ?? []), [form, name]])
    }
    for (const list of this.#byBlock.values()) list.sort((a, b) => b[0].length - a[0].length)
  }

  next(text: string, from: number): Hit | null {
    const least = this.#least
    const shift = this.#shift
    let at = from + least - 1
    while (at < text.length) {
      const key = block(text.charCodeAt(at - 1), text.charCodeAt(at))
      const step = shift[key] as number
      if (step > 0) {
        at += step
        continue
      }
      const start = at - least + 1
      const found = this.#byBlock.get(key)?.find(([form]) => text.startsWith(form, start))
      if (found !== undefined) return { start, end: start + found[0].length, shape: found[1] }
      at++
    }
    return null
  }
}

/** Configured values as a search over text, and as a wider test over serialised JSON. */
export interface Values extends Finder {
  /** Length of the longest form that is searched, in UTF-16 units. */
  readonly longest: number
  readonly names: readonly string[]
  /** True when the JSON text may hold one of the values. */
  hints(jsonText: string): boolean
}

/** Throws a TypeError when a name or value can't be used. */
export function valuesOf(configured: readonly Configured[]): Values | null {
  if (configured.length === 0) return null
  const forms = new Map<string, string>()
  for (const each of configured) check(each)
  for (const { name, value } of configured) {
    for (const form of formsOf(value)) if (!forms.has(form)) forms.set(form, name)
  }
  const jsonForms = new Map(forms)
  for (const [form, name] of forms) if (!jsonForms.has(escaped(form))) jsonForms.set(escaped(form), name)
  const inText = new Matcher(forms)
  const inJson = new Matcher(jsonForms)
  const all = [...forms.keys()]
  // Another writer of JSON may escape what ours does not; then only the decoded strings can tell.
  const odd = all.some((form) => /[\u007f-\uffff]/.test(form))
  const control = all.some((form) => /[\u0000-\u001f]/.test(form))
  const slashed = all.some((form) => form.includes('/'))
  return {
    longest: inText.longest,
    names: [...new Set(configured.map((each) => each.name))],
    next: (text, from) => inText.next(text, from),
    hints: (text) =>
      (odd && /\\u(?!00[0-7])/.test(text)) ||
      (control && text.includes('\\u00')) ||
      (slashed && text.includes('\\/')) ||
      inJson.next(text, 0) !== null,
  }
}
