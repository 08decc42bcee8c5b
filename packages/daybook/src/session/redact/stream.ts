// Redacts a text that arrives in pieces, with the same result as if it had come at once.
import { type Hit, LOOK_BACK, MAX_SECRET, marker } from './finder.ts'
import type { Scan, Span } from './scan.ts'

// The search crosses white space only within a line and less often than this (the longest: a PEM header), so whatever
// begins before the last six words of a line can't change any more.
const WORDS = 6

// A backslash, u and four digits.
const LONGEST_ESCAPE = 6

const isBreak = (code: number) => code === 10 || code === 13
const isSpace = (code: number) => code === 32 || code === 9

/** Up to where hits can begin that are complete already. */
function settled(text: string, from: number, limit: number, longest: number): number {
  const least = Math.max(from, text.length - limit)
  let until = least
  for (let at = text.length - 1, words = 0; at >= least; at--) {
    const code = text.charCodeAt(at)
    const wordStart = isSpace(code) && at + 1 < text.length && !isSpace(text.charCodeAt(at + 1))
    if (isBreak(code) || (wordStart && ++words === WORDS)) {
      until = at + 1
      break
    }
  }
  return outsideEscape(text, from, Math.min(until, text.length - Math.max(0, longest - 1)))
}

/** `at`, or the start of the escape that `at` lies in: an escape is read as one character and may not be cut. */
function outsideEscape(text: string, from: number, at: number): number {
  let start = text.lastIndexOf('\\', at)
  if (start < from || at - start > LONGEST_ESCAPE) return at
  while (start > from && at - start < LONGEST_ESCAPE + 16 && text[start - 1] === '\\') start--
  return start
}

export interface RedactionStream {
  /** Takes the next piece, gives back what is settled by now (often less or more than the piece). */
  push(chunk: string): string
  /** Gives back the rest. The stream takes nothing afterwards. */
  end(): string
}

export interface StreamOptions {
  readonly scan: (text: string, span: Span) => Scan
  /** Length of the longest configured form; 0 without. */
  readonly longest: number
  readonly onHit: (hit: Hit) => void
}

export function redactionStream({ scan, longest, onHit }: StreamOptions): RedactionStream {
  const limit = Math.max(MAX_SECRET, longest)
  let text = ''
  let from = 0
  let joined = false
  let ended = false
  const advance = (until: number, final: boolean): string => {
    const { hits, decided, joined: joins } = scan(text, { from, until, final, joined })
    let out = ''
    for (const hit of hits) {
      out += text.slice(from, hit.start) + marker(hit.shape ?? '')
      from = hit.end
      onHit(hit)
    }
    out += text.slice(from, decided)
    const kept = Math.max(0, decided - LOOK_BACK)
    text = text.slice(kept)
    from = decided - kept
    joined = joins
    return out
  }
  return {
    push(chunk) {
      if (ended) throw new TypeError('the redaction stream has ended')
      text += chunk
      const until = settled(text, from, limit, longest)
      return until > from ? advance(until, false) : ''
    },
    end() {
      if (ended) return ''
      ended = true
      return advance(text.length, true)
    },
  }
}
