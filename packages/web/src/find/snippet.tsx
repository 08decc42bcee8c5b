// A piece of text with what was found in it marked.

import type { HitShape } from 'daybook/client'
import type { ReactNode } from 'react'

/** Signs of Markdown say nothing in a line; those of a path do. */
function words(text: string): string {
  return text.replace(/(?<!\/)\*\*(?!\/)|`/g, '')
}

export function Snippet({ snippet: { text, start, length, marks } }: Pick<HitShape, 'snippet'>) {
  const pieces: ReactNode[] = []
  let at = 0
  for (const mark of marks) {
    const [from, to] = [mark.start - start, mark.end - start]
    if (from < at || to > text.length) continue
    pieces.push(words(text.slice(at, from)), <mark key={from}>{text.slice(from, to)}</mark>)
    at = to
  }
  pieces.push(words(text.slice(at)))
  return (
    <>
      {start > 0 && '…'}
      {pieces}
      {start + text.length < length && '…'}
    </>
  )
}
