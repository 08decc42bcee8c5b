// Draws one row of a timeline: an item, or a group of calls or of quiet lines that opens.

import { ChevronRight } from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import { between, lasting } from '../parts/time.ts'
import { ApprovalRow } from './approval-row.tsx'
import { EditRow } from './edit-row.tsx'
import { EntryLine, EntryNumber, Moment } from './entry-row.tsx'
import { MessageRow, ReasoningRow } from './message-row.tsx'
import type { Item, Row } from './model/items.ts'
import { OutcomeRow } from './outcome-row.tsx'
import { FileRow, NoteRow, OutputRow, SummaryRow } from './plain-rows.tsx'
import { QuestionRow } from './question-row.tsx'
import { ProcessLine, QuietLine, RuleRow, RunLine } from './quiet-rows.tsx'
import { ToolRow } from './tool-row.tsx'
import { t } from './words.ts'

interface Props {
  readonly row: Row
  /** The one that an address leads to. */
  readonly target: boolean
}

export const RowView = memo(function RowView({ row, target }: Props) {
  const [item] = row.items
  if (!item) return null
  return (
    <article
      className={target ? 'log-row target-row' : 'log-row'}
      data-row={row.key}
      data-from={row.from}
      data-to={row.to}
      data-type={row.group ?? item.type}
      tabIndex={-1}
      aria-current={target ? 'location' : undefined}
      aria-label={t('entryNumber', { seq: numbersOf(row) })}
    >
      {row.items.length > 1 ? <Group row={row} open={target} /> : <ItemView item={item} />}
    </article>
  )
})

/** Of the entries that are seen in it. */
function numbersOf({ from, items }: Row): string {
  const end = items.at(-1)
  const to = end?.type === 'output' ? end.lastSeq : (end?.seq ?? from)
  return from === to ? String(from) : `${from}–${to}`
}

export function ItemView({ item }: { readonly item: Item }): ReactNode {
  switch (item.type) {
    case 'message':
      return <MessageRow item={item} />
    case 'reasoning':
      return <ReasoningRow item={item} />
    case 'tool':
      return <ToolRow item={item} />
    case 'edit':
      return <EditRow item={item} />
    case 'file':
      return <FileRow item={item} />
    case 'output':
      return <OutputRow item={item} />
    case 'approval':
      return <ApprovalRow item={item} />
    case 'question':
      return <QuestionRow item={item} />
    case 'outcome':
      return <OutcomeRow item={item} />
    case 'summary':
      return <SummaryRow item={item} />
    case 'note':
      return <NoteRow item={item} />
    case 'rule':
      return <RuleRow item={item} />
    case 'run':
      return <RunLine item={item} />
    case 'process':
      return <ProcessLine item={item} />
    case 'quiet':
      return <QuietLine item={item} />
    case 'erased':
      return (
        <EntryLine seq={item.seq} at={item.at}>
          {t('erased', { kind: item.kind })}
        </EntryLine>
      )
  }
}

function Group({ row, open: first }: { readonly row: Row; readonly open: boolean }) {
  const [open, setOpen] = useState(first)
  const [item] = row.items
  if (!item) return null
  return (
    <>
      <div className="grid-row">
        <EntryNumber seq={row.from} />
        <div className="reading">
          <button type="button" className="group-line" aria-expanded={open} onClick={() => setOpen(!open)}>
            <ChevronRight size={14} aria-hidden="true" className="chevron" />
            <span className="min-w-0 flex-1 truncate text-start">{groupText(row)}</span>
            <Moment at={item.at} />
          </button>
        </div>
      </div>
      {open && row.items.map((each) => <ItemView key={each.key} item={each} />)}
    </>
  )
}

function groupText({ group, items }: Row): string {
  if (group !== 'tools') return t('quietLines', { n: items.length })
  const tools = items.flatMap((item) => (item.type === 'tool' ? [item] : []))
  const [from, to] = [tools[0]?.at ?? '', tools.at(-1)?.ended?.at ?? tools.at(-1)?.at ?? '']
  const failed = tools.filter((tool) => tool.state === 'failed' || tool.state === 'unknown').length
  const names = [...new Set(tools.map((tool) => tool.name).filter(Boolean))].slice(0, 4).join(', ')
  const parts = [t('tools', { n: tools.length }), lasting(between(from, to))]
  if (failed > 0) parts.push(t('ofThemFailed', { n: failed }))
  return `${parts.join(', ')}${names && ` · ${names}`}`
}
