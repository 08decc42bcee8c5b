// The form under which words of any language are compared, and the script that a word is written in.

export type Script = 'latin' | 'cyrillic' | 'han' | 'number' | 'other'

/** Scripts that put no space between words. */
export const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u

const ascii = /^[\x00-\x7f]*$/
/** These have no other form than their case, and е for ё. */
const russian = /^[\x00-\x7fА-яЁё]*$/
/** Accents are left out where readers take both spellings for one word; й and 가 are letters of their own and stay. */
const accents = /(?<=[\p{Script=Latin}\p{Script=Greek}]\p{M}*)\p{M}|(?<=\p{Script=Cyrillic}\p{M}*)[\u0300\u0301]/gu

/** Lower case, without accents, full width made plain, ё as е: the same for texts and for what is looked for in them. */
export function plainForm(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  if (russian.test(text)) return text.toLowerCase().replaceAll('ё', 'е')
  const folded = text.normalize('NFKD').replace(accents, '').normalize('NFC')
  return folded.toLowerCase().replaceAll('ё', 'е').replaceAll('ς', 'σ')
}

export function scriptOf(plain: string): Script {
  if (/^[a-z0-9]+$/.test(plain)) return /^[0-9]+$/.test(plain) ? 'number' : 'latin'
  if (spaceless.test(plain)) return 'han'
  if (/^\p{N}+$/u.test(plain)) return 'number'
  if (/^[a-z\p{N}]+$/u.test(plain)) return 'latin'
  return /^[\p{Script=Cyrillic}\p{N}]+$/u.test(plain) ? 'cyrillic' : 'other'
}
