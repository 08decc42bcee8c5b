// Finds PEM private keys of all kinds, whole or cut off, also with escaped line ends.
import { type Finder, type Hit, MARKER_START, MAX_SECRET } from './finder.ts'

export const PEM_SHAPE = 'private-key'
/** Every header contains it; neither JSON nor line breaks can come between its letters. */
export const PEM_WORDS = 'PRIVATE KEY'

const HEADER = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g
const FOOTER = /-----END [A-Z0-9 ]{3,48}-----/y
const LONGEST_FOOTER = 64
const PAYLOAD = /[A-Za-z0-9+/=]{24}/
// Lines of a key whose end is missing. A short word ends it, so that prose behind a cut key survives.
const LINES = /(?:[\s\\"',]|[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Version|Comment): [^\n\r\\]{0,200})*/y

function keyAt(text: string, start: number, body: number, final: boolean): Hit | null {
  const limit = start + MAX_SECRET
  const dashes = text.indexOf('-----', body)
  if (
    !final &&
    text.length < limit &&
    (dashes < 0 || (text.length - dashes < LONGEST_FOOTER && !ended(text, dashes)))
  ) {
    return { start, end: text.length, shape: PEM_SHAPE, open: true }
  }
  const between = text.slice(body, Math.min(Math.max(body, dashes), limit))
  if (dashes >= 0 && dashes + LONGEST_FOOTER <= limit && !between.includes(MARKER_START) && ended(text, dashes)) {
    return PAYLOAD.test(between) ? { start, end: FOOTER.lastIndex, shape: PEM_SHAPE } : null
  }
  LINES.lastIndex = body
  const cut = LINES.exec(text.length > limit ? text.slice(0, limit) : text)?.[0] ?? ''
  const kept = cut.replace(/[\s\\"',]{1,64}$/, '')
  return PAYLOAD.test(kept) ? { start, end: body + kept.length, shape: PEM_SHAPE } : null
}

function ended(text: string, dashes: number): boolean {
  FOOTER.lastIndex = dashes
  return FOOTER.test(text)
}

/** Finds private keys up to `MAX_SECRET` units, header and footer included; of longer ones, their beginning. */
export const privateKeys: Finder = {
  next(text, from, final = true): Hit | null {
    if (text.indexOf(PEM_WORDS, from) < 0) return null
    HEADER.lastIndex = from
    for (let match = HEADER.exec(text); match !== null; match = HEADER.exec(text)) {
      const hit = keyAt(text, match.index, HEADER.lastIndex, final)
      if (hit !== null) return hit
    }
    return null
  },
}
