// One line of text in its colours.

import type { CSSProperties } from 'react'
import type { Span } from './model/ansi.ts'

export function SpanLine({ spans }: { readonly spans: readonly Span[] }) {
  if (spans.every((span) => isPlain(span))) return <div className="line">{spans.map((span) => span.text).join('')}</div>
  return (
    <div className="line">
      {spans.map((span, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is where it stands
        <span key={at} style={styleOf(span)}>
          {span.text}
        </span>
      ))}
    </div>
  )
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
