// Which signs make words: a table that is filled as texts need it, because asking the runtime for each sign is slow.

/** Nothing of a word, part of one, or a sign of a script that puts no space between words. */
export const apart = 0
export const letter = 1
export const spaceless = 2

const inWord = /[\p{L}\p{M}\p{N}]/u
/** Cut into overlapping pairs of signs, which no dictionary and no version of one can change. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u

const pages: (Uint8Array | undefined)[] = []

function pageOf(number: number): Uint8Array {
  const page = new Uint8Array(256)
  for (let at = 0; at < 256; at++) page[at] = classOfSign(String.fromCharCode(number * 256 + at))
  pages[number] = page
  return page
}

function classOfSign(sign: string): number {
  if (!inWord.test(sign)) return apart
  return unspaced.test(sign) ? spaceless : letter
}

/** Most texts hold little else. */
const ascii = pageOf(0).slice(0, 128)

/** Of the sign at `at`; one beyond the first 65,536 takes two units. */
export function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 128) return ascii[code] ?? apart
  if (code >= 0xd800 && code <= 0xdbff) {
    const point = text.codePointAt(at) ?? code
    return point > 0xffff ? classOfSign(String.fromCodePoint(point)) : apart
  }
  return (pages[code >> 8] ?? pageOf(code >> 8))[code & 255] ?? apart
}

/** Units of the sign at `at`. */
export function unitsAt(text: string, at: number): 1 | 2 {
  const code = text.charCodeAt(at)
  if (code < 0xd800 || code > 0xdbff) return 1
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

/** What names of code are put together with, and of these what they begin with. */
const joiners = new Set([...'_$@#./\\:-'].map((sign) => sign.charCodeAt(0)))
const beginners = new Set([...'_$@#/\\'].map((sign) => sign.charCodeAt(0)))

export function isJoiner(code: number): boolean {
  return joiners.has(code)
}

export function isBeginner(code: number): boolean {
  return beginners.has(code)
}
