// Text of programs in its colours.

import type { CSSProperties, ReactNode } from 'react'
import type { Span } from './model/ansi.ts'

/** Where new lines are kept: a box for each line would cost more than its text. */
export function SpanLines({ lines }: { readonly lines: readonly (readonly Span[])[] }) {
  const parts: ReactNode[] = []
  let plain = ''
  for (const [line, spans] of lines.entries()) {
    if (line > 0) plain += '\n'
    for (const span of spans) {
      if (isPlain(span)) {
        plain += span.text
        continue
      }
      parts.push(
        plain,
        <span key={parts.length} style={styleOf(span)}>
          {span.text}
        </span>,
      )
      plain = ''
    }
  }
  return [...parts, plain]
}

function isPlain({ colour, ground, bold, faint, underlined }: Span): boolean {
  return colour === null && ground === null && !bold && !faint && !underlined
}

function styleOf({ colour, ground, bold, faint, underlined }: Span): CSSProperties {
  const paint = (value: Span['colour']): string | undefined =>
    value === null ? undefined : typeof value === 'number' ? `var(--ansi-${value})` : value
  return {
    color: paint(colour),
    background: paint(ground),
    fontWeight: bold ? 600 : undefined,
    opacity: faint ? 0.75 : undefined,
    textDecoration: underlined ? 'underline' : undefined,
  }
}
