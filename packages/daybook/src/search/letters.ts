// Which signs make words: a table that is filled as texts need it, because asking the runtime for each sign is slow.

import { endianness } from 'node:os'

/** Nothing of a word, part of one, or a sign of a script that puts no space between words. */
export const apart = 0
export const letter = 1
export const spaceless = 2
/** Of a unit: half of a sign, or not looked at yet. */
const half = 3
const unknown = 4

const inWord = /[\p{L}\p{M}\p{N}]/u
/** Cut into overlapping pairs of signs, which no dictionary and no version of one can change. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u

const classes = new Uint8Array(65_536).fill(half, 0xd800, 0xe000)
classes.fill(unknown, 0, 0xd800).fill(unknown, 0xe000)
fillPage(0)

function fillPage(first: number): void {
  for (let code = first; code < first + 256; code++) classes[code] = classOfSign(String.fromCharCode(code))
}

function classOfSign(sign: string): number {
  if (!inWord.test(sign)) return apart
  return unspaced.test(sign) ? spaceless : letter
}

/** The units of a text, and one more that is no letter. Typed arrays are read several times as fast as texts. */
export type Units = Uint16Array<ArrayBuffer>

/** Room for most texts, made once; who needs more, or needs it while somebody else has it, gets room of its own. */
const usualRoom = 65_536
let spare: Units | null = null

export function unitsOf(text: string): Units {
  const most = text.length + 1
  const units = most <= usualRoom ? (spare ?? new Uint16Array(usualRoom)) : new Uint16Array(most)
  if (units === spare) spare = null
  const bytes = Buffer.from(units.buffer, 0, 2 * text.length)
  bytes.write(text, 'utf16le')
  if (endianness() === 'BE') bytes.swap16()
  units[text.length] = 0
  return units
}

export function giveBack(units: Units): void {
  if (units.length === usualRoom) spare = units
}

/** Of the sign at `at`; one beyond the first 65,536 takes two units. */
export function classAt(units: Units, at: number): number {
  const code = units[at] ?? 0
  const kind = classes[code] ?? apart
  return kind < half ? kind : classOf(code, units[at + 1] ?? 0)
}

function classOf(code: number, next: number): number {
  if (classes[code] === unknown) fillPage(code & 0xff00)
  if (classes[code] !== half) return classes[code] ?? apart
  return isPair(code, next) ? classOfSign(String.fromCharCode(code, next)) : apart
}

/** Units of the sign at `at`. */
export function unitsAt(units: Units, at: number): 1 | 2 {
  return isPair(units[at] ?? 0, units[at + 1] ?? 0) ? 2 : 1
}

function isPair(code: number, next: number): boolean {
  return (code & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00
}

/** Behind the run of signs of one kind that begins at `start`. */
export function runEnd(units: Units, start: number, kind: number): number {
  let at = start
  do {
    at += unitsAt(units, at)
    while (classes[units[at] ?? 0] === kind) at += 1
  } while (classAt(units, at) === kind)
  return at
}

/** Whether a text begins with a sign of a script that puts no space between words. */
export function beginsSpaceless(text: string): boolean {
  return text !== '' && classOf(text.charCodeAt(0), text.charCodeAt(1)) === spaceless
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
