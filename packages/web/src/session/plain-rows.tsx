// Output of processes, files, notes and summaries.

import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import { addressOf } from '../app/addresses.ts'
import { actorOf } from '../parts/session-text.ts'
import { bytes, count } from '../parts/time.ts'
import { BlobButton } from './blob-viewer.tsx'
import { EntryBody, EntryLine, EntryNumber, Moment } from './entry-row.tsx'
import { FoldedText } from './folded-text.tsx'
import type { FileItem, NoteItem, OutputItem, SummaryItem } from './model/items.ts'
import { usePlace } from './place.ts'
import { t } from './words.ts'

export const OutputRow = memo(function OutputRow({ item }: { readonly item: OutputItem }) {
  const { session } = usePlace()
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading box">
        <div className="box-line">
          <span className="shrink-0 text-soft">{t(item.stream === 'err' ? 'printedErrors' : 'printed')}</span>
          <span className="figures min-w-0 flex-1 text-soft">{bytes(item.to - item.from)}</span>
          <Link
            to="/s/$address/p/$process"
            params={{ address: addressOf(session), process: item.process }}
            className="target inline-flex items-center"
          >
            {t('openScreen')}
          </Link>
          <Moment at={item.at} />
        </div>
        <FoldedText text={item.text} title={item.process} tail />
        {item.cut > 0 && (
          <p className="px-2 pb-1 text-small text-soft">{t('earlierBytes', { size: bytes(item.cut) })}</p>
        )}
      </div>
    </div>
  )
})

export const FileRow = memo(function FileRow({ item }: { readonly item: FileItem }) {
  const name = item.name || item.media || t('file')
  const size = item.size === undefined ? '' : ` · ${bytes(item.size)}`
  return (
    <EntryLine seq={item.seq} at={item.at}>
      <span>{t('file')}</span>
      <b className="font-mono font-semibold text-ink">{name}</b>
      <span>{`${item.media}${size}`}</span>
      {item.blob !== undefined && <BlobButton blob={item.blob} title={name} text={t('open')} />}
      {item.blob === undefined && item.url !== undefined && (
        <a href={item.url} target="_blank" rel="noopener noreferrer">
          {t('open')}
        </a>
      )}
    </EntryLine>
  )
})

export const NoteRow = memo(function NoteRow({ item }: { readonly item: NoteItem }) {
  return (
    <EntryBody
      seq={item.seq}
      at={item.at}
      who={t('note', { kind: item.kind })}
      more={item.by === 'user:local' ? undefined : actorOf(item.by)}
    >
      <p className="note whitespace-pre-wrap" dir="auto">
        {item.text}
      </p>
    </EntryBody>
  )
})

export const SummaryRow = memo(function SummaryRow({ item }: { readonly item: SummaryItem }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading">
        <button type="button" className="group-line summary-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="chevron" aria-hidden="true">
            ›
          </span>
          <span className="min-w-0 flex-1 text-start">{t('summaryOf', { to: count(item.covers) })}</span>
          <Moment at={item.at} />
        </button>
        {open && (
          <p dir="auto" className="thought not-italic">
            {item.text}
          </p>
        )}
      </div>
    </div>
  )
})
