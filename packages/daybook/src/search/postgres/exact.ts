// Names that PostgreSQL would refuse: NUL and lone surrogates have no place in its texts, so such a name is kept as JSON behind a mark.

const mark = '\uffff'

/** Two names are equal there exactly when they are equal here. */
export function exact(name: string): string {
  return name.isWellFormed() && !name.includes('\0') && !name.startsWith(mark) ? name : mark + JSON.stringify(name)
}

/** The name as it was. */
export function written(kept: string): string {
  return kept.startsWith(mark) ? (JSON.parse(kept.slice(mark.length)) as string) : kept
}

/** Names as the literal of an array of the server. */
export function arrayOf(names: readonly string[]): string {
  return `{${names.map((name) => `"${exact(name).replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
