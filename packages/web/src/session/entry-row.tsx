// The frame of an entry: its number with its address, the moment, who, and what it says.

import { Link } from '@tanstack/react-router'
import { Link2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { addressOf } from '../app/addresses.ts'
import { copyLink } from './links.ts'
import { usePlace } from './place.ts'
import { figure, timeText, wholeTime } from './telling.ts'
import { t } from './words.ts'

export function EntryNumber({ seq }: { readonly seq: number }) {
  const { session } = usePlace()
  return (
    <span className="gutter">
      <Link
        to="/s/$address"
        params={{ address: addressOf(session, seq) }}
        search={(all: object) => all}
        className="figures log-number"
        title={t('entryNumber', { seq: figure(seq) })}
      >
        {seq}
      </Link>
      <button
        type="button"
        className="copy"
        aria-label={t('copyLinkOf', { seq })}
        onClick={() => copyLink(session, seq)}
      >
        <Link2 size={14} aria-hidden="true" />
      </button>
    </span>
  )
}

export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={wholeTime(at)} className="figures text-soft">
      {timeText(at)}
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
