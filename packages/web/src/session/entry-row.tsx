// The frame of an entry: its number with its address, the moment, who, and what it says.

import { useNavigate } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { addressOf } from '../app/addresses.ts'
import { clockTime, count, fullTime } from '../parts/time.ts'
import { copyLink, linkTo } from './links.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

export function EntryNumber({ seq }: { readonly seq: number }) {
  const { session } = usePlace()
  const navigate = useNavigate()
  // A link of the router would look up where it leads with each drawing: there is one in each row.
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate({
      to: '/s/$address',
      params: { address: addressOf(session, seq) },
      search: (all: object) => all,
    })
  }
  return (
    <span className="gutter">
      <a
        href={linkTo(session, seq)}
        className="figures log-number"
        title={t('entryNumber', { seq: count(seq) })}
        onClick={go}
      >
        {seq}
      </a>
      <button
        type="button"
        className="copy"
        aria-label={t('copyLinkOf', { seq })}
        onClick={() => copyLink(session, seq)}
      />
    </span>
  )
}

export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)} className="figures text-soft">
      {clockTime(at)}
    </time>
  )
}

interface Props {
  readonly seq: number
  readonly at: string
  readonly who?: string | undefined
  readonly more?: ReactNode
  readonly children: ReactNode
}

/** Who and when above what was said. */
export function EntryBody({ seq, at, who, more, children }: Props) {
  return (
    <div className="grid-row">
      <EntryNumber seq={seq} />
      <div className="reading">
        <div className="flex flex-wrap items-baseline gap-x-2 text-small">
          {who !== undefined && <b className="font-semibold">{who}</b>}
          <Moment at={at} />
          {more}
        </div>
        {children}
      </div>
    </div>
  )
}

/** One line with its number before and its moment behind it. */
export function EntryLine({ seq, at, children }: Pick<Props, 'seq' | 'at' | 'children'>) {
  return (
    <div className="grid-row">
      <EntryNumber seq={seq} />
      <div className="reading flex flex-wrap items-baseline gap-x-2 text-small text-soft">
        {children}
        <Moment at={at} />
      </div>
    </div>
  )
}
