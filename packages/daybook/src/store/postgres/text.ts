// Texts as PostgreSQL holds them: NUL has no place there either, so such a text is kept behind the mark as well.

import { toText as toUtf8 } from '../text.ts'

export { everybody, fromText } from '../text.ts'

export function toText(text: string): string {
  return text.includes('\0') ? `\uffff${JSON.stringify(text)}` : toUtf8(text)
}

/** Texts as the literal of an array of the server; a null stays null. */
export function toArray(texts: readonly string[] | null): string | null {
  return texts && `{${texts.map((text) => `"${toText(text).replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
