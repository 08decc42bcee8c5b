// The palette: sessions, screens and commands by a few letters, and finding what stands in all sessions.

import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import { Activity, CornerDownRight, House, Keyboard, type LucideIcon, Plus, Search } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react'
import { useOverview } from '../home/overview.ts'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Age } from '../parts/age.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { isComposing } from '../parts/keys.ts'
import { titleOf } from '../parts/session-text.ts'
import { StatusBadge } from '../parts/status-badge.tsx'

interface PaletteProps {
  /** Typed before this was here. */
  readonly early: string
  readonly onClose: () => void
  readonly onKeys: () => void
}

interface Choice {
  readonly id: string
  readonly text: string
  readonly session?: SessionShape
  readonly icon?: LucideIcon
  act(): void
}

const most = 12

/** Every word somewhere in the text, in any order. */
function fits(text: string, words: readonly string[]): boolean {
  const all = text.toLowerCase()
  return words.every((word) => all.includes(word))
}

function useSessions(text: string): readonly SessionShape[] {
  const { bands } = useOverview()
  const wanted = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['palette', wanted],
    queryFn: async ({ signal }) => {
      const limit = most
      const named = await client.list(wanted === '' ? { limit } : { q: wanted, limit }, { signal })
      const byTail = /^[\w-]{4,}$/.test(wanted) ? await client.list({ tail: wanted, limit }, { signal }) : null
      return [...(byTail?.sessions ?? []), ...named.sessions]
    },
    placeholderData: (before) => before,
    staleTime: 0,
  })
  const words = wanted.toLowerCase().split(/\s+/)
  const near = [...bands.needs, ...bands.pinned, ...bands.running].filter((one) =>
    fits(`${titleOf(one)} ${one.tail} ${one.branch ?? ''} ${one.current_agent}`, words),
  )
  const once = new Map([...near, ...(found.data ?? [])].map((one) => [one.session_id, one]))
  return [...once.values()].slice(0, most)
}

function useChoices(text: string, onKeys: () => void): readonly Choice[] {
  const navigate = useNavigate()
  const sessions = useSessions(text)
  const words = text.trim().toLowerCase().split(/\s+/)
  const screens: readonly Choice[] = [
    { id: 'home', icon: House, text: t('home'), act: () => void navigate({ to: '/' }) },
    { id: 'status', icon: Activity, text: t('status'), act: () => void navigate({ to: '/status' }) },
    { id: 'keys', icon: Keyboard, text: t('keysAndSettings'), act: onKeys },
    { id: 'new', icon: Plus, text: t('newSession'), act: () => void begin() },
  ].filter((one) => fits(one.text, words))
  const begin = async (): Promise<void> => {
    const { session_id: address } = await client.create()
    await navigate({ to: '/s/$address', params: { address } })
  }
  const find: Choice = {
    id: 'find',
    icon: Search,
    text: text.trim() === '' ? t('find') : t('findText', { text: text.trim() }),
    act: () => void navigate({ to: '/find', search: text.trim() === '' ? {} : { q: text.trim() } }),
  }
  return [
    ...sessions.map((session) => ({
      id: session.session_id,
      text: titleOf(session),
      session,
      act: () => void navigate({ to: '/s/$address', params: { address: session.session_id } }),
    })),
    find,
    ...screens,
  ]
}

export function Palette({ early, onClose, onKeys }: PaletteProps) {
  const [text, setText] = useState(early)
  const [at, setAt] = useState(0)
  const id = useId()
  const choices = useChoices(text, onKeys)
  const chosen = Math.min(at, choices.length - 1)
  const take = (choice: Choice | undefined): void => {
    onClose()
    choice?.act()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) return
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) setAt((chosen + by + choices.length) % choices.length)
    else if (event.key === 'Enter') take(choices[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Dialog label={t('goTo')} onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={`${id}-${chosen}`}
        aria-label={t('goTo')}
        placeholder={t('palettePlaceholder')}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        className="w-full border-b border-rule bg-sheet px-4 py-3 text-title outline-none placeholder:text-soft"
      />
      <div id={id} role="listbox" aria-label={t('goTo')} className="overflow-y-auto py-1">
        {choices.map((choice, index) => (
          <ChoiceLine
            key={choice.id}
            id={`${id}-${index}`}
            choice={choice}
            chosen={index === chosen}
            onPoint={() => setAt(index)}
            onTake={() => take(choice)}
          />
        ))}
      </div>
    </Dialog>
  )
}

interface ChoiceLineProps {
  readonly id: string
  readonly choice: Choice
  readonly chosen: boolean
  readonly onPoint: () => void
  readonly onTake: () => void
}

function ChoiceLine({
  id,
  choice: { text, session, icon: Icon = CornerDownRight },
  chosen,
  onPoint,
  onTake,
}: ChoiceLineProps) {
  return (
    // The keys of the field choose; the pointer may, too.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      onClick={onTake}
      onPointerMove={onPoint}
      className="target mx-1 flex cursor-pointer items-baseline gap-3 rounded-press px-3 py-1 aria-selected:bg-chosen"
    >
      {session ? (
        <code className="figures w-12 shrink-0 text-small text-soft">{session.tail}</code>
      ) : (
        <span className="grid w-12 shrink-0 self-center text-soft">
          <Icon aria-hidden size={15} />
        </span>
      )}
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {text}
      </span>
      {session && <StatusBadge session={session} className="max-narrow:hidden" />}
      {session && <Age at={session.last_activity} className="text-small text-soft" />}
    </div>
  )
}
