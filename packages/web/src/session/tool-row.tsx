// A call with its result: what was called with what, how it went, how long it took, and what came of it.

import { memo, useState } from 'react'
import { between, lasting } from '../parts/time.ts'
import { EntryNumber, Moment } from './entry-row.tsx'
import { FoldedText } from './folded-text.tsx'
import type { CallState, ToolItem } from './model/items.ts'
import { textOf } from './model/places.ts'
import { t } from './words.ts'

/** Total: each state has a word, a sign and a colour. */
const looks: Readonly<
  Record<CallState, { word: 'callOpen' | 'callDone' | 'callFailed' | 'callUnknown'; sign: string; look: string }>
> = {
  open: { word: 'callOpen', sign: '◌', look: 'text-wait' },
  done: { word: 'callDone', sign: '✓', look: 'text-done' },
  failed: { word: 'callFailed', sign: '✕', look: 'text-fail' },
  unknown: { word: 'callUnknown', sign: '?', look: 'text-need' },
}

export const ToolRow = memo(function ToolRow({ item }: { readonly item: ToolItem }) {
  const [open, setOpen] = useState(false)
  const { word, sign, look } = looks[item.state]
  const input = textOf(item.input)
  const line = argumentLine(item.input)
  const output = outputText(item.output)
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading box">
        <button type="button" className="box-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={`shrink-0 ${look}`}>
            <span aria-hidden="true">{sign} </span>
            {t(word)}
          </span>
          <b className="shrink-0 font-semibold">{item.name || t('result')}</b>
          <code className="min-w-0 flex-1 truncate text-start text-soft">{line}</code>
          {item.ended && (
            <span className="figures shrink-0 text-soft">{lasting(between(item.began ?? item.at, item.ended.at))}</span>
          )}
          <Moment at={item.at} />
        </button>
        {open && input !== '' && input !== line && <FoldedText text={input} title={item.name} most={40} />}
        {output !== '' && <FoldedText text={output} title={item.name} />}
      </div>
    </div>
  )
})

const telling = [
  'command',
  'cmd',
  'path',
  'file_path',
  'file',
  'pattern',
  'query',
  'url',
  'expression',
  'prompt',
  'text',
]

/** The one argument that says most, or all of them in a line. */
export function argumentLine(input: unknown): string {
  if (typeof input !== 'object' || input === null) return textOf(input).slice(0, 300)
  const fields = input as Readonly<Record<string, unknown>>
  const name = telling.find((each) => typeof fields[each] === 'string')
  if (name !== undefined) return String(fields[name]).slice(0, 300).replaceAll('\n', ' ⏎ ')
  const command = fields.command
  if (Array.isArray(command)) return command.join(' ').slice(0, 300)
  const line = JSON.stringify(input)
  return line === '{}' ? '' : line.slice(0, 300)
}

/** Programs wrap what they printed in objects of one text. */
function outputText(output: unknown): string {
  if (typeof output !== 'object' || output === null) return textOf(output)
  const fields = output as Readonly<Record<string, unknown>>
  const { text, exit } = fields
  if (typeof text === 'string' && typeof exit === 'number') return exit === 0 ? text : `${text}\nexit ${exit}`.trim()
  const texts = Object.values(fields).filter((value) => typeof value === 'string' && value !== '')
  const [only] = texts
  return Object.keys(fields).length <= 3 && texts.length === 1 && typeof only === 'string' ? only : textOf(output)
}
