// One message that waits for its turn: moved by pointer and keys, edited, steered in, sent at once, removed.

import { ArrowDown, ArrowUp, GripVertical, type LucideIcon, Paperclip, Pencil, Trash2 } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, useState } from 'react'
import { client } from '../live/client.ts'
import { inputOf, saidIn } from './model/attached.ts'
import { sentMessages } from './sent-messages.ts'
import { t } from './words.ts'

type Queued = Awaited<ReturnType<typeof client.runs.queue>>['runs'][number]

export interface Drag {
  readonly from: number
  readonly to: number
}

interface RowProps {
  readonly run: Queued
  readonly at: number
  /** Place of the last one. */
  readonly last: number
  readonly session: string
  readonly change: (what: () => Promise<unknown>) => Promise<boolean>
  readonly onMove: (from: number, to: number) => void
  readonly drag: Drag | null
  readonly onDrag: (drag: Drag | null) => void
}

/** Where a dragged row would come to stand, seen from this one. */
function dropSide(drag: Drag | null, at: number): 'above' | 'below' | undefined {
  if (drag === null || drag.to !== at || drag.from === at) return undefined
  return drag.from > at ? 'above' : 'below'
}

/** Dragging by a pointer; the keys of a row and its buttons do the same. */
function dragging({ run, at, last, drag, onDrag, onMove }: RowProps) {
  return {
    'data-drop': dropSide(drag, at),
    'data-dragged': drag?.from === at || undefined,
    draggable: last > 0,
    onDragStart({ dataTransfer }: DragEvent) {
      dataTransfer.effectAllowed = 'move'
      dataTransfer.setData('text/plain', saidIn(run.input).text)
      onDrag({ from: at, to: at })
    },
    onDragOver(event: DragEvent) {
      if (drag === null) return
      event.preventDefault()
      if (drag.to !== at) onDrag({ ...drag, to: at })
    },
    onDrop(event: DragEvent) {
      if (drag === null) return
      event.preventDefault()
      onMove(drag.from, at)
      onDrag(null)
    },
    onDragEnd: () => onDrag(null),
  }
}

export function QueuedRow(props: RowProps) {
  const { run, at, last, session, change, onMove } = props
  const [editing, setEditing] = useState<string | null>(null)
  const { run_id: id, seq: expect } = run
  const { text, files } = saidIn(run.input)
  const save = async (): Promise<void> => {
    const input = inputOf(editing ?? text, files)
    if (await change(() => client.runs.edit(id, { input }, { expect }))) setEditing(null)
  }
  const resend = async (on_busy: 'steer' | 'interrupt'): Promise<void> => {
    const agent = run.agent === undefined ? {} : { agent: run.agent }
    if (await change(() => client.runs.withdraw(id, { expect })))
      await sentMessages.send(session, text, { on_busy, files, ...agent })
  }
  if (editing !== null)
    return <Editing text={editing} onChange={setEditing} onSave={() => void save()} onLeave={() => setEditing(null)} />
  return (
    <li
      className="queued"
      data-queued={id}
      {...dragging(props)}
      onKeyDown={(event) => moveBy(event, (step) => onMove(at, at + step))}
    >
      {last > 0 && <GripVertical size={14} aria-hidden="true" className="grip" />}
      <span className="figures w-5 shrink-0 text-soft">{at + 1}.</span>
      <span className="queued-text" dir="auto">
        {text}
      </span>
      {files.length > 0 && (
        <span className="figures inline-flex items-center gap-0.5 text-soft">
          <Paperclip size={12} aria-hidden="true" />
          {files.length}
          <span className="aside-only"> {t('attachments')}</span>
        </span>
      )}
      <span className="queued-acts">
        <button type="button" className="more target" onClick={() => void resend('steer')}>
          {t('steer')}
        </button>
        <button type="button" className="more target" onClick={() => void resend('interrupt')}>
          {t('sendNow')}
        </button>
        <Act label={t('moveUp')} icon={ArrowUp} disabled={at === 0} onClick={() => onMove(at, at - 1)} />
        <Act label={t('moveDown')} icon={ArrowDown} disabled={at === last} onClick={() => onMove(at, at + 1)} />
        <Act label={t('editQueued')} icon={Pencil} onClick={() => setEditing(text)} />
        <Act
          label={t('remove')}
          icon={Trash2}
          onClick={() => void change(() => client.runs.withdraw(id, { expect }))}
        />
      </span>
    </li>
  )
}

interface ActProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly disabled?: boolean
  readonly onClick: () => void
}

function Act({ label, icon: Icon, disabled = false, onClick }: ActProps) {
  return (
    <button type="button" className="icon-button target" aria-label={label} disabled={disabled} onClick={onClick}>
      <Icon size={14} aria-hidden="true" />
    </button>
  )
}

/** Alt with an arrow moves a row, wherever in it the focus is. */
function moveBy(event: KeyboardEvent, move: (step: -1 | 1) => void): void {
  if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
  event.preventDefault()
  move(event.key === 'ArrowUp' ? -1 : 1)
}

interface EditingProps {
  readonly text: string
  readonly onChange: (text: string) => void
  readonly onSave: () => void
  readonly onLeave: () => void
}

function Editing({ text, onChange, onSave, onLeave }: EditingProps) {
  return (
    <li>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          onSave()
        }}
      >
        <textarea
          // biome-ignore lint/a11y/noAutofocus: somebody asked to write here
          autoFocus
          className="input flex-1"
          aria-label={t('editQueued')}
          rows={2}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onLeave()
          }}
        />
        <button type="submit" className="button button-solid target">
          {t('save')}
        </button>
        <button type="button" className="button target" onClick={onLeave}>
          {t('goBack')}
        </button>
      </form>
    </li>
  )
}
