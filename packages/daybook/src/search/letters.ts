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

/** Bit 1: names of code are put together with it; bit 2: they may begin with it. */
const joints = new Uint8Array(128)
for (const sign of '_$@#./\\:-') joints[sign.charCodeAt(0)] = 1
for (const sign of '_$@#/\\') joints[sign.charCodeAt(0)] = 3

/** Whether names of code are put together with this unit; behind the end of a text none. */
export function isJoiner(code: number): boolean {
  return code < 128 && joints[code] !== 0
}

export function isBeginner(code: number): boolean {
  return code < 128 && joints[code] === 3
}

/** Behind the last letter of the word of ASCII that begins at `at`, if it is one of ASCII as a whole; else -1. */
export function asciiWordEnd(text: string, at: number): number {
  let end = at
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code >= 128) return -1
    if (ascii[code] === apart) break
  }
  return end
}
