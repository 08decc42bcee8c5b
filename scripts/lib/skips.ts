// Compares the tests that were skipped with the list of those that may be.

export interface AllowedSkip {
  /** Full name: suites and test joined with ` > `. */
  readonly name: string
  /** Why it may be skipped where the list is enforced. */
  readonly reason: string
}

/** Every difference in both directions as one sentence each; empty when they agree. */
export function compareSkips(skipped: readonly string[], allowed: readonly AllowedSkip[]): string[] {
  const listed = new Set(allowed.map((skip) => skip.name))
  const seen = new Set(skipped)
  return [
    ...[...seen].filter((name) => !listed.has(name)).map((name) => `skipped, but not in the list: ${name}`),
    ...[...listed].filter((name) => !seen.has(name)).map((name) => `in the list, but not skipped: ${name}`),
  ]
}
