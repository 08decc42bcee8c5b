// Finds in the content of one session: hits with the words around them, each shown in its place.

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useDeferredValue, useEffect, useEffectEvent, useState } from 'react'
import { client } from '../live/client.ts'
import { count } from '../parts/time.ts'
import { t } from './words.ts'

interface Props {
  readonly session: string
  readonly onGo: (seq: number) => void
  readonly onClose: () => void
}

export function FindHere({ session, onGo, onClose }: Props) {
  const [text, setText] = useState('')
  const { hits, known, at, go, begin } = useHits(session, text.trim(), onGo)
  const hit = at >= 0 ? hits[at] : undefined
  const where = hits.length > 0 ? `${count(Math.max(0, at) + 1)} / ${count(hits.length)}` : t('noHit')
  return (
    <search className="flex flex-wrap items-center gap-2 border-b border-rule bg-sheet px-4 py-1">
      <input
        // biome-ignore lint/a11y/noAutofocus: somebody asked to find something
        autoFocus
        className="input min-w-40 flex-1"
        type="search"
        aria-label={t('findHere')}
        placeholder={t('findHere')}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          begin()
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') onClose()
          else if (event.key === 'Enter' || event.key === 'ArrowDown') go(event.shiftKey ? at - 1 : at + 1)
          else if (event.key === 'ArrowUp') go(at - 1)
          else return
          event.preventDefault()
        }}
      />
      <span role="status" className="figures text-small text-soft">
        {text.trim() === '' ? '' : known ? where : '…'}
      </span>
      <button type="button" className="icon-button target" aria-label={t('close')} onClick={onClose}>
        <X size={16} aria-hidden="true" />
      </button>
      {hit && (
        <p className="w-full truncate text-small" dir="auto">
          <span className="figures text-soft">{hit.seq} </span>
          {hit.snippet.text}
        </p>
      )}
    </search>
  )
}

/** In the order of the log. Whoever asks for one before they are there is brought to it as soon as they are. */
function useHits(session: string, text: string, onGo: (seq: number) => void) {
  const asked = useDeferredValue(text)
  const [at, setAt] = useState(-1)
  const [early, setEarly] = useState(false)
  const { data, isFetching, isPlaceholderData } = useQuery({
    queryKey: ['find in', session, asked],
    queryFn: ({ signal }) => client.find({ q: asked, session_id: session, limit: 50 }, { signal }),
    enabled: asked !== '',
    placeholderData: (before) => before,
  })
  const hits = [...(asked === '' ? [] : (data?.hits ?? []))].sort((one, other) => one.seq - other.seq)
  const known = !isFetching && !isPlaceholderData && asked === text
  const go = (to: number): void => {
    setEarly(!known)
    const next = hits.length === 0 ? -1 : (to + hits.length) % hits.length
    const hit = known ? hits[next] : undefined
    if (!hit) return
    setAt(next)
    onGo(hit.seq)
  }
  const arrived = useEffectEvent(() => go(0))
  useEffect(() => {
    if (early && known) arrived()
  }, [early, known])
  return { hits, known, at, go, begin: () => setAt(-1) }
}
