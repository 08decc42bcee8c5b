// Finds in the content of one session: hits with the words around them, each shown in its place.

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { client } from '../live/client.ts'
import { figure } from './telling.ts'
import { t } from './words.ts'

interface Props {
  readonly session: string
  readonly onGo: (seq: number) => void
  readonly onClose: () => void
}

export function FindHere({ session, onGo, onClose }: Props) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const asked = useDeferredValue(text.trim())
  const { hits, isFetching } = useHits(session, asked)
  const go = (to: number): void => {
    const hit = hits[(to + hits.length) % Math.max(1, hits.length)]
    if (!hit) return
    setAt((to + hits.length) % hits.length)
    onGo(hit.seq)
  }
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
          setAt(-1)
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
        {asked === ''
          ? ''
          : hits.length > 0
            ? `${figure(Math.max(0, at) + 1)} / ${figure(hits.length)}`
            : isFetching
              ? '…'
              : t('noHit')}
      </span>
      <button type="button" className="target grid place-items-center" aria-label={t('close')} onClick={onClose}>
        <X size={16} aria-hidden="true" />
      </button>
      {at >= 0 && hits[at] && (
        <p className="w-full truncate text-small" dir="auto">
          <span className="figures text-soft">{hits[at].seq} </span>
          {hits[at].snippet.text}
        </p>
      )}
    </search>
  )
}

/** In the order of the log. */
function useHits(session: string, asked: string) {
  const { data, isFetching } = useQuery({
    queryKey: ['find in', session, asked],
    queryFn: ({ signal }) => client.find({ q: asked, session_id: session, limit: 50 }, { signal }),
    enabled: asked !== '',
    placeholderData: (before) => before,
  })
  const hits = [...(asked === '' ? [] : (data?.hits ?? []))].sort((one, other) => one.seq - other.seq)
  return { hits, isFetching }
}
