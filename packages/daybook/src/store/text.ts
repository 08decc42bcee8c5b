// Texts that an engine which keeps UTF-8 would change: lone surrogates become U+FFFD there, so such a text is kept as JSON behind a mark.

const mark = '\uffff'

/** A text that no caller's text can equal once stored; names the list of a whole tenant. */
export const everybody = `${mark}all`

export function toText(text: string): string {
  return text.isWellFormed() && !text.startsWith(mark) ? text : mark + JSON.stringify(text)
}

export function fromText(text: string): string {
  return text.startsWith(mark) ? (JSON.parse(text.slice(1)) as string) : text
}
