// What exactly is asked for: a command or text as it is, everything else as its JSON; folded when it is long.

import { useState } from 'react'
import { t } from '../i18n/base.ts'
import { Button } from '../parts/button.tsx'
import { Scrollable } from '../parts/scrollable.tsx'

const mostLines = 12
const mostCharacters = 2000

/** What is asked, without the text that is shown exactly below it. */
export function askedText(summary: string, input: unknown): string {
  const end = [exactText(input), JSON.stringify(input)]
    .map((text) => `: ${text}`)
    .find((text) => summary.endsWith(text))
  return end === undefined ? summary : summary.slice(0, -end.length)
}

/** A command or a text as it is; of all else its JSON. */
export function exactText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
    const [first] = fields
    if (fields.length === 1 && first && typeof first[1] === 'string') return first[1]
  }
  return JSON.stringify(value, null, 2)
}

export function Exactly({ value, label }: { value: unknown; label: string }) {
  const [whole, setWhole] = useState(false)
  const text = exactText(value)
  const lines = text.split('\n')
  const long = lines.length > mostLines || text.length > mostCharacters
  const seen = whole || !long ? text : lines.slice(0, mostLines).join('\n').slice(0, mostCharacters)
  return (
    <>
      <Scrollable label={label} className="max-h-96 rounded-small bg-well px-2 py-1.5">
        <pre className="text-small whitespace-pre-wrap">{seen}</pre>
      </Scrollable>
      {long && (
        <Button look="quiet" onClick={() => setWhole(!whole)} aria-expanded={whole}>
          {whole ? t('showLess') : t('showLines', { n: lines.length })}
        </Button>
      )}
    </>
  )
}
