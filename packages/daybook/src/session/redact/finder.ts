// What the searches of the redactor have in common: a place in a text, and the longest secret that is looked for.

/** A place to be replaced. `shape` is null where an earlier replacement was recognised, which is kept as it is. */
export interface Hit {
  readonly start: number
  readonly end: number
  readonly shape: string | null
  /** The text ended before this could be decided; only told when more text may follow. */
  readonly open?: true
}

/** Finds the first hit that begins at or behind `from`. `final` = no more text can follow (default true). */
export interface Finder {
  next(text: string, from: number, final?: boolean): Hit | null
  /** The hit that begins exactly at `at`, where another one ended; there the text before `at` is no part of a word. */
  joined?(text: string, at: number): Hit | null
}

/** Longest secret in UTF-16 units that is recognised as one: a PEM block, a JWT, an assigned value with its key. */
export const MAX_SECRET = 16_384

/** How far a search looks back behind the place where it begins, in UTF-16 units. */
export const LOOK_BACK = 256

/** The text that takes a secret's place. */
export const marker = (shape: string) => `[redacted:${shape}]`
export const MARKER_START = '[redacted:'
