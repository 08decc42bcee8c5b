// Names that SQLite would change: lone surrogates become U+FFFD in UTF-8, so such a name is kept as JSON behind a mark.

const mark = '\uffff'

/** Two names are equal there exactly when they are equal here. */
export function exact(name: string): string {
  return name.isWellFormed() && !name.startsWith(mark) ? name : mark + JSON.stringify(name)
}
