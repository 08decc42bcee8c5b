// Where somebody says something to a session: Enter sends, unless an input method is composing.

import { useQuery } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { ArrowUp, ChevronDown } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, memo, useId, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { isComposing } from '../parts/keys.ts'
import { preferences } from '../parts/preferences.ts'
import { AttachButton, AttachmentList } from './attachments.tsx'
import { BudgetNote } from './budget-note.tsx'
import { type Completion, CompletionList, useCompletion } from './completion.tsx'
import { ModelPicker } from './model-picker.tsx'
import type { Opened } from './opened.ts'
import { SentList } from './sent-list.tsx'
import { sentMessages } from './sent-messages.ts'
import { useAttachments } from './use-attachments.ts'
import { type Draft, useDraft } from './use-draft.ts'
import { t } from './words.ts'

/** Characters that decide how high the composer stands: more than fit into it at its highest. */
const mostMirrored = 2_000

interface Props {
  readonly head: SessionShape
  readonly opened: Opened
  /** The timeline is there: what may be chosen is asked for. */
  readonly settled: boolean
  readonly onSent: () => void
}

export const Composer = memo(function Composer({ head, opened, settled, onSent }: Props) {
  const session = head.session_id
  const [agent, setAgent] = useState('')
  const agents = useAgents(settled)
  const takes = takesFiles(agents.find(({ name }) => name === (agent || head.current_agent)))
  const { draft, attachments, ready, taken, send } = useWriting(opened, agent, takes, onSent)
  const box = useRef<HTMLTextAreaElement>(null)
  const list = useId()
  const completion = useCompletion(draft.text, box)
  const recall = useRecall(opened)
  const label = t('sayTo', { agent: agent || head.current_agent })
  const drop = useDropping(attachments.add)
  return (
    <div data-region>
      <SentList session={session} />
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <CompletionList id={list} session={session} completion={completion} onTake={draft.set} />
        <div className="composer-box" {...drop}>
          <div className="composer-grow" data-text={draft.text.slice(0, mostMirrored)}>
            <textarea
              ref={box}
              className="composer-text"
              rows={1}
              dir="auto"
              value={draft.text}
              aria-label={label}
              placeholder={label}
              aria-autocomplete="list"
              aria-controls={completion.open ? list : undefined}
              aria-activedescendant={completion.open ? `${list}-${completion.at}` : undefined}
              onChange={(event) => draft.set(event.target.value)}
              onSelect={completion.look}
              onKeyDown={(event) => press(event, { completion, recall, draft, send })}
              onPaste={(event) => paste(event, attachments.add)}
            />
          </div>
          <AttachmentList attachments={attachments} />
          {!taken && <NoFiles agent={agent || head.current_agent} />}
          <div className="composer-bar">
            <AttachButton attachments={attachments} />
            <Who head={head} agents={agents} agent={agent} thinks={takes} settled={settled} onAgent={setAgent} />
            <SendButton ready={ready} />
          </div>
        </div>
      </form>
      {!draft.kept && (
        <span className="aside-only" data-draft="unsaved">
          {t('draftOnItsWay')}
        </span>
      )}
    </div>
  )
})

interface WhoProps {
  readonly head: SessionShape
  readonly agents: ReturnType<typeof useAgents>
  readonly agent: string
  /** It asks a model. */
  readonly thinks: boolean
  readonly settled: boolean
  readonly onAgent: (agent: string) => void
}

/** Who takes the turn, by which model, and what is left for it. */
function Who({ head, agents, agent, thinks, settled, onAgent }: WhoProps) {
  return (
    <>
      <AgentPicker agents={agents} value={agent} now={head.current_agent} onChange={onAgent} />
      {thinks && settled && <ModelPicker head={head} />}
      <span className="flex-1" />
      {settled && <BudgetNote session={head.session_id} />}
    </>
  )
}

function SendButton({ ready }: { readonly ready: boolean }) {
  return (
    <button type="submit" className="button button-solid send target" disabled={!ready}>
      <span className="max-narrow:aside-only">{t('send')}</span> <ArrowUp size={16} aria-hidden="true" />
    </button>
  )
}

/** What is being written: the draft, the files with it, and sending both. */
function useWriting(opened: Opened, agent: string, takes: boolean, onSent: () => void) {
  const draft = useDraft(opened)
  const attachments = useAttachments(opened)
  const { files, busy } = attachments
  const taken = files.length === 0 || takes
  const ready = !busy && taken && (draft.text.trim() !== '' || files.length > 0)
  const send = (): void => {
    if (!ready) return
    const text = draft.text.trim()
    draft.set('')
    attachments.clear()
    void sentMessages.send(opened.id, text, { files, ...(agent === '' ? {} : { agent }) })
    onSent()
  }
  return { draft, attachments, ready, taken, send }
}

/** A table or a formatted text comes as a picture too: its text is meant. */
function paste(event: ClipboardEvent, add: (files: FileList) => void): void {
  const { files, types } = event.clipboardData
  if (files.length === 0 || types.includes('text/plain')) return
  event.preventDefault()
  add(files)
}

/** Files that are dropped on the box; whatever else is dragged goes where it always went. */
function useDropping(add: (files: FileList) => void) {
  const [over, setOver] = useState(false)
  const holds = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files')
  return {
    'data-over': over || undefined,
    onDragOver(event: DragEvent) {
      if (!holds(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop(event: DragEvent) {
      setOver(false)
      if (!holds(event)) return
      event.preventDefault()
      add(event.dataTransfer.files)
    },
  }
}

interface Pressing {
  readonly completion: Completion
  readonly recall: (key: string, text: string) => string | null
  readonly draft: Draft
  readonly send: () => void
}

/** An input method has its keys first, then what may be meant, then sending and what was said before. */
function press(event: KeyboardEvent<HTMLTextAreaElement>, { completion, recall, draft, send }: Pressing): void {
  if (isComposing(event.nativeEvent) || completion.key(event)) return
  const sent = event.key === 'Enter' && sends(event)
  const recalled = sent ? null : recall(event.key, draft.text)
  if (!sent && recalled === null) return
  event.preventDefault()
  if (recalled === null) send()
  else draft.set(recalled)
}

/** Skills and programs are given a text alone. */
function takesFiles(who: { readonly kind: string } | undefined): boolean {
  return who === undefined || who.kind === 'model' || who.kind === 'team'
}

function sends({ shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return preferences.get('enterBreaks') === true ? ctrlKey || metaKey : !shiftKey
}

/** ↑ in an empty composer brings back what was said before; ↑ and ↓ then go through it. */
function useRecall({ log }: Opened): (key: string, text: string) => string | null {
  const at = useRef<{ back: number; text: string } | null>(null)
  return (key, text) => {
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null
    if (text !== '' && text !== at.current?.text) return null
    if (text === '' && key === 'ArrowDown') return null
    const said = log.state.rows
      .flatMap((row) => row.items)
      .flatMap((item) => (item.type === 'message' && item.role === 'user' ? [item.text] : []))
    const back = (text === '' ? 0 : (at.current?.back ?? 0)) + (key === 'ArrowUp' ? 1 : -1)
    if (back > said.length) return null
    const recalled = back === 0 ? '' : (said.at(-back) ?? '')
    at.current = { back, text: recalled }
    return recalled
  }
}

const none: Awaited<ReturnType<typeof client.runs.agents>> = []

function useAgents(settled: boolean) {
  const { data = none } = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => client.runs.agents({ signal }),
    enabled: settled,
  })
  return data
}

function NoFiles({ agent }: { readonly agent: string }) {
  return (
    <p role="alert" className="px-3 text-small text-fail">
      {t('takesNoFiles', { agent })}
    </p>
  )
}

interface PickerProps {
  readonly agents: ReturnType<typeof useAgents>
  readonly value: string
  readonly now: string
  readonly onChange: (agent: string) => void
}

function AgentPicker({ agents, value, now, onChange }: PickerProps) {
  return (
    <span className="picker picker-bare">
      <select
        className="picker-select"
        aria-label={t('agent')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{now}</option>
        {agents
          .filter(({ name }) => name !== now)
          .map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </select>
      <ChevronDown size={13} aria-hidden="true" className="picker-sign" />
    </span>
  )
}
