// What may be meant by `@` and `/` in the composer: sessions and files, commands and skills.

import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'
import { client } from '../live/client.ts'
import { titleOf } from '../parts/session-text.ts'
import { t } from './words.ts'

interface Choice {
  /** What takes the place of what was typed. */
  readonly insert: string
  readonly label: string
  readonly detail: string
}

/** What was found for a word with its sign. */
interface Offer {
  readonly to: string
  readonly choices: readonly Choice[]
}

export interface Completion {
  /** The word that something is looked for; null: the caret is at none. */
  readonly found: Found | null
  readonly open: boolean
  readonly choices: readonly Choice[]
  readonly at: number
  /** True where the key was for the list. */
  key(event: KeyboardEvent<HTMLTextAreaElement>): boolean
  look(): void
  offer(offer: Offer): void
  take(choice: Choice): string
}

const most = 8
const nothing: Offer = { to: '', choices: [] }

interface Found {
  readonly sign: '@' | '/'
  readonly word: string
  readonly from: number
}

/** The word under the caret where it begins with a sign: `@` anywhere, `/` only at the beginning. */
function wordAt(text: string, caret: number): Found | null {
  const before = text.slice(0, caret)
  const found = /(?:^|\s)@([^\s@]*)$/.exec(before) ?? /^\/([^\s/]*)$/.exec(before)
  if (!found) return null
  const word = found[1] ?? ''
  const from = caret - word.length - 1
  return { sign: text[from] === '/' ? '/' : '@', word, from }
}

export function useCompletion(text: string, box: RefObject<HTMLTextAreaElement | null>): Completion {
  const [caret, setCaret] = useState(0)
  const [at, setAt] = useState(0)
  const [closed, setClosed] = useState<number | null>(null)
  const found = wordAt(text, Math.min(caret, text.length))
  const [offered, offer] = useState(nothing)
  const { choices } = found !== null && offered.to === found.sign + found.word ? offered : nothing
  const open = found !== null && choices.length > 0 && closed !== found.from
  const word = found?.word
  // biome-ignore lint/correctness/useExhaustiveDependencies: another word begins at the first choice again
  useEffect(() => setAt(0), [word])

  const take = (choice: Choice): string => {
    if (!found) return text
    const caretAfter = found.from + choice.insert.length + 1
    requestAnimationFrame(() => box.current?.setSelectionRange(caretAfter, caretAfter))
    return `${text.slice(0, found.from)}${choice.insert} ${text.slice(caret)}`
  }
  return {
    found,
    offer,
    open,
    choices,
    at,
    take,
    look: () => setCaret(box.current?.selectionStart ?? 0),
    key(event) {
      if (!open) return false
      const last = choices.length - 1
      if (event.key === 'ArrowDown') setAt(at === last ? 0 : at + 1)
      else if (event.key === 'ArrowUp') setAt(at === 0 ? last : at - 1)
      else if (event.key === 'Escape') setClosed(found.from)
      else if (event.key === 'Enter' || event.key === 'Tab') {
        const list = event.currentTarget.form?.querySelector<HTMLElement>('[role=option][aria-selected=true]')
        list?.click()
      } else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }
}

interface ListProps {
  readonly id: string
  readonly session: string
  readonly completion: Completion
  readonly onTake: (text: string) => void
}

export function CompletionList({ id, session, completion, onTake }: ListProps) {
  const { found, offer } = completion
  return (
    <>
      {found && <Offering session={session} sign={found.sign} word={found.word} onOffer={offer} />}
      {completion.open && (
        <div id={id} role="listbox" aria-label={t('choices')} className="completion">
          {completion.choices.map((choice, at) => (
            <div
              key={choice.insert}
              id={`${id}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === completion.at}
              className="flex gap-2 px-3 py-1"
              // The composer keeps the focus: a press here is a choice, not a place to be.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onTake(completion.take(choice))}
              onKeyDown={() => undefined}
            >
              <b className="font-semibold">{choice.label}</b>
              <span className="min-w-0 truncate text-soft">{choice.detail}</span>
            </div>
          ))}
        </div>
      )}
    </>
  )
}

interface OfferingProps extends Pick<Found, 'sign' | 'word'> {
  readonly session: string
  readonly onOffer: (offer: Offer) => void
}

/** Asks only while there is a word: three questions that wait would be looked after with every key. */
function Offering({ session, sign, word, onOffer }: OfferingProps) {
  const sessions = useSessions(sign === '@' ? word : null)
  const files = useFiles(session, sign === '@' ? word : null)
  const skills = useSkills(sign === '/' ? word : null)
  const choices = [...files, ...sessions, ...skills].slice(0, most)
  const told = JSON.stringify(choices)
  useEffect(() => onOffer({ to: sign + word, choices: JSON.parse(told) }), [sign, word, told, onOffer])
  return null
}

function useSessions(word: string | null): readonly Choice[] {
  const { data } = useQuery({
    queryKey: ['sessions like', word],
    queryFn: ({ signal }) => client.list({ ...(word ? { q: word } : {}), limit: most }, { signal }),
    enabled: word !== null,
  })
  if (word === null) return []
  return (data?.sessions ?? []).map((each) => ({
    insert: `@${each.session_id}`,
    label: each.tail,
    detail: titleOf(each),
  }))
}

function useFiles(session: string, word: string | null): readonly Choice[] {
  const { data } = useQuery({
    queryKey: ['files', session, null],
    queryFn: ({ signal }) => client.session(session).view('files', { signal }),
    enabled: word !== null,
  })
  if (word === null) return []
  const paths = [...new Set((data?.files ?? []).map((file) => file.path))]
  const fits = paths.filter((path) => path.toLowerCase().includes(word.toLowerCase())).slice(0, most / 2)
  return fits.map((path) => ({ insert: `@${path}`, label: path.split('/').at(-1) ?? path, detail: path }))
}

function useSkills(word: string | null): readonly Choice[] {
  const { data } = useQuery({
    queryKey: ['skills'],
    queryFn: ({ signal }) => client.runs.skills({ signal }),
    enabled: word !== null,
  })
  if (word === null) return []
  const fits = (data?.skills ?? []).filter(({ skill_id }) => skill_id.toLowerCase().includes(word.toLowerCase()))
  return fits.map((skill) => ({ insert: `/${skill.skill_id}`, label: `/${skill.skill_id}`, detail: skill.description }))
}
