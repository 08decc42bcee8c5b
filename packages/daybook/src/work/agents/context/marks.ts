// Marks around what is put into a message beside what the person said, so that nobody takes the one for the other.

/** What a text says to look like a mark is none: else whatever wrote it could speak as the person behind it. */
function harmless(text: string): string {
  return text.replace(/<(?=\/?(?:session|context|told)\b)/gi, '‹')
}

/** What was made of the session. */
export function marked(name: 'session' | 'context', texts: readonly string[]): string {
  return `<${name}>\n${harmless(texts.join('\n\n'))}\n</${name}>`
}

/** What somebody else said, or what came of a call of theirs. */
export function quoted(by: string, text: string): string {
  return `<told by="${by.replace(/["<>\s]+/g, ' ')}">${harmless(text)}</told>`
}
