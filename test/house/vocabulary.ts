// Reads VOCABULARY.md and judges names by it.

export interface Vocabulary {
  /** Refused words, each as its parts: `clean-up` is two words in a row. */
  readonly refused: readonly (readonly string[])[]
  readonly allowed: readonly RegExp[]
}

/** `lastActivity`, `last_activity`, `last-activity` and `last.activity` have the same words. */
export function words(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

function pattern(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.]/g, '\\.').replaceAll('?', '.').replaceAll('*', '.*')}$`)
}

export function readVocabulary(page: string): Vocabulary {
  const [table = '', exceptions = ''] = page.split('\n## Exceptions\n')
  const refused = rows(table).flatMap((row) => (row[2] ?? '').split(',').map(words))
  const globs = rows(exceptions).flatMap((row) =>
    [...(row[0] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  )
  return { refused: refused.filter((one) => one.length > 0), allowed: globs.map(pattern) }
}

/** The refused word that the name contains, or null. */
export function refusedIn(name: string, { refused, allowed }: Vocabulary): string | null {
  const spelled = words(name)
  if (allowed.some((one) => one.test(spelled.join('_')))) return null
  const hit = refused.find((parts) =>
    spelled.some((_, at) => parts.every((part, index) => spelled[at + index] === part)),
  )
  return hit?.join(' ') ?? null
}
