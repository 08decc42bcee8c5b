// Finding in all sessions: the hits with the entry of one beside them; arrows go through them, Enter opens there.

import { useQuery } from '@tanstack/react-query'
import type { HitListShape, HitShape, SessionShape } from 'daybook/client'
import { type KeyboardEvent, useDeferredValue, useEffect, useEffectEvent, useId, useState } from 'react'
import { addressOf } from '../app/addresses.ts'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { isComposing } from '../parts/keys.ts'
import { count } from '../parts/time.ts'
import { HitLine } from './hit-line.tsx'
import { Preview } from './preview.tsx'

/** Milliseconds without a letter before it is looked for. */
const typing = 120

function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), typing)
    return () => clearTimeout(timer)
  }, [text])
  return useDeferredValue(rested)
}

function useHits(wanted: string) {
  return useQuery({
    queryKey: ['find', wanted],
    queryFn: ({ signal }) => client.find({ q: wanted, limit: 50 }, { signal }),
    enabled: wanted !== '',
    placeholderData: (before) => before,
    staleTime: 5000,
  })
}

interface PanelProps {
  readonly q: string
  /** What is looked for now. */
  readonly onQuery: (wanted: string) => void
  /** Part of an address behind `/s/`. */
  readonly onOpen: (address: string) => void
  /** Over another screen: it keeps to its box. */
  readonly over?: boolean
}

export function FindPanel({ q, onQuery, onOpen, over = false }: PanelProps) {
  const [text, setText] = useState(q)
  const [at, setAt] = useState(0)
  const id = useId()
  const wanted = useRested(text).trim()
  const tell = useEffectEvent(onQuery)
  useEffect(() => tell(wanted), [wanted])
  const found = useHits(wanted)
  const list = wanted === '' ? undefined : found.data
  const hits = list?.hits ?? []
  const chosen = Math.min(at, Math.max(0, hits.length - 1))
  const hit = hits[chosen]
  const open = (one: HitShape): void => onOpen(addressOf(one.session_id, one.seq))
  const look = (next: string): void => {
    setText(next)
    setAt(0)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent) || hits.length === 0) return
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) setAt((chosen + by + hits.length) % hits.length)
    else if (event.key === 'Enter' && hit) open(hit)
    else return
    event.preventDefault()
    document.getElementById(`${id}-${chosen + (by ?? 0)}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <div className={over ? 'find find-over' : 'find'}>
      <FindInput
        text={text}
        list={id}
        chosen={hit ? `${id}-${chosen}` : undefined}
        onKeyDown={onKeyDown}
        onText={look}
      />
      <p role="status" className="find-status">
        {wanted === '' ? t('findHint') : list && hits.length > 0 ? summary(list) : found.isFetching ? t('reading') : ''}
      </p>
      {found.error && (
        <p role="alert" className="find-status text-fail">
          {errorText(found.error)} <Button onClick={() => void found.refetch()}>{t('tryAgain')}</Button>
        </p>
      )}
      <div className="find-both">
        {list && <HitList id={id} list={list} chosen={chosen} onPoint={setAt} onOpen={open} />}
        {hit && <Preview hit={hit} session={sessionOf(list, hit)} />}
      </div>
      {list && hits.length === 0 && !found.isFetching && <Nothing wanted={wanted} onPick={look} />}
    </div>
  )
}

interface FindInputProps {
  readonly text: string
  /** Id of the list of hits. */
  readonly list: string
  /** Id of the chosen hit; undefined where there is none. */
  readonly chosen: string | undefined
  readonly onText: (text: string) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function FindInput({ text, list, chosen, onText, onKeyDown }: FindInputProps) {
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader came here to type
      autoFocus
      type="search"
      role="combobox"
      aria-expanded={chosen !== undefined}
      aria-controls={list}
      aria-activedescendant={chosen}
      aria-label={t('findEverywhere')}
      placeholder={t('findEverywhere')}
      value={text}
      onChange={({ target }) => onText(target.value)}
      onKeyDown={onKeyDown}
      className="find-input"
    />
  )
}

interface HitListProps {
  readonly id: string
  readonly list: HitListShape
  readonly chosen: number
  readonly onPoint: (at: number) => void
  readonly onOpen: (hit: HitShape) => void
}

function HitList({ id, list, chosen, onPoint, onOpen }: HitListProps) {
  return (
    <div id={id} role="listbox" aria-label={t('hits')} className={list.hits.length > 0 ? 'find-hits rows' : ''}>
      {list.hits.map((one, index) => (
        <HitLine
          key={`${one.session_id}@${one.seq}`}
          id={`${id}-${index}`}
          hit={one}
          session={sessionOf(list, one)}
          chosen={index === chosen}
          onPoint={() => onPoint(index)}
          onOpen={() => onOpen(one)}
        />
      ))}
    </div>
  )
}

function sessionOf(list: HitListShape | undefined, { session_id: id }: HitShape): SessionShape | undefined {
  return list?.sessions.find((one) => one.session_id === id)
}

function summary({ total, total_is, matched, complete, sessions }: HitListShape): string {
  const parts = [
    t(total_is === 'exact' ? 'hitCount' : 'hitCountAtLeast', { n: total }),
    t('inSessions', { n: sessions.length }),
    matched === 'all' ? '' : t(`matched_${matched}`),
    complete ? '' : t('indexBehind'),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** What was looked for, and what there is that is spelt nearly so. */
function Nothing({ wanted, onPick }: { wanted: string; onPick: (word: string) => void }) {
  const start = wanted.slice(0, Math.max(3, Math.ceil(wanted.length * 0.6)))
  const near = useQuery({
    queryKey: ['find near', start],
    queryFn: ({ signal }) => client.find({ q: `${start.replace(/["*]/g, '')}*`, limit: 20 }, { signal }),
  })
  const words = nearest(wanted, near.data?.hits ?? [])
  return (
    <div className="find-none">
      <p>{t('nothingFound', { text: wanted })}</p>
      {words.length > 0 && (
        <p className="mt-1">
          {t('didYouMean')}{' '}
          {words.map((word) => (
            <Button key={word} className="me-1" onClick={() => onPick(word)}>
              {word}
            </Button>
          ))}
        </p>
      )}
      <p className="mt-1 text-soft">{t('lookedThrough', { n: count(near.data?.total ?? 0) })}</p>
    </div>
  )
}

/** Words of these hits that begin like what was looked for. */
function nearest(wanted: string, hits: readonly HitShape[]): string[] {
  const start = wanted.slice(0, 3).toLowerCase()
  const words = hits.flatMap(({ snippet }) => snippet.text.match(/[\p{L}\p{N}_-]{3,}/gu) ?? [])
  const fitting = words
    .map((word) => word.toLowerCase())
    .filter((word) => word.startsWith(start) && word !== wanted.toLowerCase())
  return [...new Set(fitting)].slice(0, 3)
}
