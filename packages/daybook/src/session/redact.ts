// Takes secrets out of what enters the log: known shapes, telling names with a secret value, and configured values.
import { assignedTo } from './redact/assigned.ts'
import { type Hit, marker } from './redact/finder.ts'
import { hintsAssigned } from './redact/hint.ts'
import { PEM_WORDS } from './redact/pem.ts'
import { type Scan, scanner } from './redact/scan.ts'
import { hintsShape } from './redact/shapes.ts'
import { redactionStream } from './redact/stream.ts'
import { type Configured, valuesOf } from './redact/values.ts'

/** How often one shape, or one configured value by its name, was replaced. */
export interface Finding {
  readonly shape: string
  readonly count: number
}

/** Replaces secrets by `[redacted:<shape>]`. Redacting twice gives what redacting once gives. */
export interface Redactor {
  /**
   * Redacts all strings and keys of a JSON value; gives back the same reference when nothing matched. A string under a key
   * like `password` is judged as that key's value. Two keys that become equal are told apart by a number behind them.
   */
  value<T>(json: T): { value: T; found: readonly Finding[] }
  text(text: string): { text: string; found: readonly Finding[] }
  /**
   * True when the serialised JSON text can't contain anything that `value` would replace. False is only a suspicion. Right
   * for every valid JSON text, however another writer escaped or spaced it.
   */
  clean(jsonText: string): boolean
  /**
   * Redacts text that comes in pieces: together the outputs are `text` of all pieces together. Finished lines pass at once;
   * of an unfinished line the last six words are held back, or as many units as the longest form of a configured value
   * has, and a secret that may be under way (an open PEM block, a long word) until it is decided. Never more than 16,384
   * UTF-16 units (or that longest form) are held back. A longer secret is not recognised as one: of a longer PEM block the
   * beginning is replaced and the rest stays, in `text` as well.
   */
  stream(): { push(chunk: string): string; end(): string; readonly found: readonly Finding[] }
}

export interface RedactorOptions {
  /**
   * Exact secrets of 6 to 4,096 characters; found as they are and in their JSON-escaped, base64, base64url and
   * percent-encoded forms, reported under `name` (1 to 64 of `A-Z a-z 0-9 . _ -`).
   */
  readonly values?: readonly Configured[]
}

class Tally {
  readonly #counts = new Map<string, number>()

  add(hit: Hit): void {
    if (hit.shape !== null) this.#counts.set(hit.shape, (this.#counts.get(hit.shape) ?? 0) + 1)
  }

  get found(): readonly Finding[] {
    return Array.from(this.#counts, ([shape, count]) => ({ shape, count }))
  }
}

function replaced(text: string, hits: readonly Hit[], tally: Tally): string {
  let out = ''
  let done = 0
  for (const hit of hits) {
    out += text.slice(done, hit.start) + marker(hit.shape ?? '')
    done = hit.end
    tally.add(hit)
  }
  return hits.length === 0 ? text : out + text.slice(done)
}

type Strings = (text: string, key: string | null) => string
type Container = Record<string, unknown> | unknown[]

/** A key that is not taken yet; redaction may make two keys equal, and neither may get lost. */
function freeKey(
  wanted: string,
  taken: Readonly<Record<string, unknown>>,
  source: Readonly<Record<string, unknown>>,
): string {
  let key = wanted
  for (let number = 2; Object.hasOwn(taken, key) || Object.hasOwn(source, key); number++) key = `${wanted}~${number}`
  return key
}

/** A copy of a JSON value with `strings` applied to every string and key. Not recursive: depth is the caller's to limit. */
function mapped(json: unknown, strings: Strings): unknown {
  const root: { value: unknown } = { value: json }
  const open: [source: Container, target: Container][] = []
  const convert = (value: unknown, key: string | null): unknown => {
    if (typeof value === 'string') return strings(value, key)
    if (typeof value !== 'object' || value === null) return value
    const target: Container = Array.isArray(value) ? [] : {}
    open.push([value as Container, target])
    return target
  }
  root.value = convert(json, null)
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [source, target] = pair
    if (Array.isArray(source) && Array.isArray(target)) {
      for (const item of source) target.push(convert(item, null))
      continue
    }
    for (const [key, item] of Object.entries(source)) {
      const clean = strings(key, null)
      const own =
        clean === key ? key : freeKey(clean, target as Record<string, unknown>, source as Record<string, unknown>)
      // Defined, not assigned: the key may be __proto__.
      Object.defineProperty(target, own, {
        value: convert(item, key),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }
  return root.value
}

/** Hits of a string; under a telling key the whole string may be one. */
function hitsOf(scan: (text: string) => Scan, text: string, key: string | null): readonly Hit[] {
  const { hits } = scan(text)
  const whole = key === null ? null : assignedTo(key, text)
  const known = hits.length === 1 && hits[0]?.start === (whole?.start ?? 0) && hits[0]?.end === text.length
  return whole === null || known ? hits : [whole]
}

/**
 * A redactor with the built-in shapes and the given values.
 *
 * @throws TypeError when a configured name or value can't be used: too short, too long, or not well-formed.
 */
export function redactor(options: RedactorOptions = {}): Redactor {
  const values = valuesOf(options.values ?? [])
  const scan = scanner(values)
  return {
    value<T>(json: T) {
      const tally = new Tally()
      const value = mapped(json, (text, key) => replaced(text, hitsOf(scan, text, key), tally))
      const found = tally.found
      return { value: found.length === 0 ? json : (value as T), found }
    },
    text(text) {
      const tally = new Tally()
      return { text: replaced(text, scan(text).hits, tally), found: tally.found }
    },
    clean(text) {
      // Escapes of visible characters are no one's habit but hide everything; only the decoded strings can tell.
      if (text.includes('\\u00') && /\\u00[2-7]/.test(text)) return false
      if (text.includes(PEM_WORDS) || hintsShape(text) || hintsAssigned(text)) return false
      return values === null || !values.hints(text)
    },
    stream() {
      const tally = new Tally()
      const stream = redactionStream({ scan, longest: values?.longest ?? 0, onHit: (hit) => tally.add(hit) })
      return {
        push: stream.push,
        end: stream.end,
        get found() {
          return tally.found
        },
      }
    },
  }
}
