// Where somebody says something to a session: Enter sends, unless an input method is composing.

import { useQuery } from '@tanstack/react-query'
import type { SessionShape } from 'daybook/client'
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { isComposing } from '../parts/keys.ts'
import { preferences } from '../parts/preferences.ts'
import { type Completion, CompletionList, useCompletion } from './completion.tsx'
import type { Opened } from './opened.ts'
import { SentList } from './sent-list.tsx'
import { sentMessages } from './sent-messages.ts'
import { type Draft, useDraft } from './use-draft.ts'
import { t } from './words.ts'

interface Props {
  readonly head: SessionShape
  readonly opened: Opened
  readonly onSent: () => void
}

export function Composer({ head, opened, onSent }: Props) {
  const session = head.session_id
  const draft = useDraft(opened)
  const box = useRef<HTMLTextAreaElement>(null)
  const list = useId()
  const [agent, setAgent] = useState('')
  const completion = useCompletion(session, draft.text, box)
  const recall = useRecall(opened)
  const label = t('sayTo', { agent: agent || head.current_agent })

  const send = (): void => {
    const text = draft.text.trim()
    if (text === '') return
    draft.set('')
    void sentMessages.send(session, text, agent === '' ? {} : { agent })
    onSent()
  }
  useGrowing(box)
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
        <CompletionList id={list} completion={completion} onTake={draft.set} />
        <textarea
          ref={box}
          className="input"
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
        />
        <AgentPicker value={agent} now={head.current_agent} onChange={setAgent} />
        <button type="submit" className="button button-solid target" disabled={draft.text.trim() === ''}>
          {t('send')}
        </button>
      </form>
      {!draft.kept && (
        <span className="aside-only" data-draft="unsaved">
          {t('draftOnItsWay')}
        </span>
      )}
    </div>
  )
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

/** As high as its text, up to a point. */
function useGrowing(box: RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const { current } = box
    if (!current) return
    current.style.height = 'auto'
    current.style.height = `${Math.min(current.scrollHeight + 2, 240)}px`
  })
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

function AgentPicker({ value, now, onChange }: { value: string; now: string; onChange: (agent: string) => void }) {
  const { data: agents = [] } = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => client.runs.agents({ signal }),
  })
  return (
    <select
      className="input target"
      aria-label={t('agent')}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('agentNow', { agent: now })}</option>
      {agents
        .filter(({ name }) => name !== now)
        .map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
    </select>
  )
}
