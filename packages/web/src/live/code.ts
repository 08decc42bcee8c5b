// The code of a printed address: taken out of the bar and the history before anybody can see or keep it.

const form = /^#code=([A-Za-z0-9_-]{22})$/

/** Null: there is none. */
export function takeCode(
  { hash, pathname, search }: Pick<Location, 'hash' | 'pathname' | 'search'>,
  past: Pick<History, 'state' | 'replaceState'>,
): string | null {
  const code = form.exec(hash)?.[1] ?? null
  if (code !== null) past.replaceState(past.state, '', pathname + search)
  return code
}
