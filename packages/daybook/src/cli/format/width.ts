// How wide text stands on a terminal, and how it is cut, padded and made harmless.

/** East Asian wide and full-width ranges, and the pictographs that terminals draw two cells wide. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const none = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const plain = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cells that `text` takes on a terminal. */
export function width(text: string): number {
  if (plain.test(text)) return text.length
  let cells = 0
  for (const { segment } of graphemes.segment(text)) cells += cellsOf(segment)
  return cells
}

function cellsOf(grapheme: string): number {
  if (none.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

/** At most `cells` wide; what is cut off ends in `…`, never inside a character. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += cellsOf(segment)
    if (used > cells - 1) break
    kept += segment
  }
  return cells < 1 ? '' : `${kept.trimEnd()}…`
}

/** Filled up with spaces to `cells`. */
export function pad(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - width(text)))
}

/**
 * Stored text without what a terminal would obey: control characters are shown as their pictures, direction marks
 * disappear. Line breaks and tabs stay.
 */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0)))
    .replace(/[\u007f-\u009f]/g, '\u2421')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** Harmless text on one line. */
export function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').trim()
}
