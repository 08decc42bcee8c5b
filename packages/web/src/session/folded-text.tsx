// Text of a program or a skill: some lines of it here, all of it in a viewer.

import { useMemo, useState } from 'react'
import { count } from '../parts/time.ts'
import { linesOf, type Span } from './model/ansi.ts'
import { SpanLines } from './span-line.tsx'
import { TextViewer } from './viewer.tsx'
import { WideText } from './wide-text.tsx'
import { t } from './words.ts'

interface Props {
  readonly text: string
  readonly title: string
  /** Lines shown here. */
  readonly most?: number
  /** Shows the end rather than the beginning. */
  readonly tail?: boolean
}

/** Longer lines are cut here; the viewer has them whole. */
const widest = 2000

export function FoldedText({ text, title, most = 12, tail = false }: Props) {
  const [open, setOpen] = useState(false)
  const { lines, count } = useMemo(() => shownOf(text, most, tail), [text, most, tail])
  return (
    <>
      <WideText className="output">
        <SpanLines lines={lines} />
      </WideText>
      {count > most && (
        <button type="button" className="more target" onClick={() => setOpen(true)}>
          {t('openLines', { n: count })}
        </button>
      )}
      {open && (
        <TextViewer title={`${title} · ${t('lines', { n: count })}`} text={text} onClose={() => setOpen(false)} />
      )}
    </>
  )
}

/** Only what is shown is looked at closely: the text may be a megabyte. */
function shownOf(text: string, most: number, tail: boolean): { lines: Span[][]; count: number } {
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text
  let count = 1
  for (let at = whole.indexOf('\n'); at >= 0; at = whole.indexOf('\n', at + 1)) count += 1
  let cut = whole
  if (count > most) {
    let at = tail ? whole.length : -1
    for (let line = 0; line < most; line += 1) at = tail ? whole.lastIndexOf('\n', at - 1) : whole.indexOf('\n', at + 1)
    cut = tail ? whole.slice(at + 1) : whole.slice(0, at)
  }
  return { lines: linesOf(shortened(cut)), count }
}

function shortened(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.length > widest ? `${line.slice(0, widest)} … ${count(line.length)}` : line))
    .join('\n')
}
