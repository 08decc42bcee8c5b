// Brings the forms of an English or Russian word to one stem.
import { stemmer as english } from '@orama/stemmers/english'
import { stemmer as russian } from '@orama/stemmers/russian'
import type { Script } from './fold.ts'

/** Stemmers are written for words; what is longer is an address, a key or noise, and stays as it is. */
const longestWord = 40

export function stemOf(plain: string, script: Script): string {
  if (plain.length < 3 || plain.length > longestWord || /\p{N}/u.test(plain)) return plain
  if (script === 'latin') return english(plain)
  return script === 'cyrillic' ? russian(plain) : plain
}
