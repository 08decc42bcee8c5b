// What is attached to a text that is being written, and the way to attach more.

import { FileText, Image, Paperclip, X } from 'lucide-react'
import { useRef } from 'react'
import { bytes } from '../parts/time.ts'
import type { Attachments } from './use-attachments.ts'
import { t } from './words.ts'

export function AttachButton({ attachments }: { readonly attachments: Attachments }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-attach
        onChange={({ currentTarget }) => {
          attachments.add(currentTarget.files ?? [])
          currentTarget.value = ''
        }}
      />
      <button
        type="button"
        className="icon-button target"
        aria-label={t('attach')}
        onClick={() => input.current?.click()}
      >
        <Paperclip size={16} aria-hidden="true" />
      </button>
    </>
  )
}

export function AttachmentList({ attachments: { rows, remove } }: { readonly attachments: Attachments }) {
  if (rows.length === 0) return null
  return (
    <ul className="attachments" aria-label={t('attachments')}>
      {rows.map((row) => {
        const Icon = row.media.startsWith('image/') ? Image : FileText
        return (
          <li
            key={row.id}
            className={row.problem === null ? 'attachment' : 'attachment attachment-refused'}
            data-attachment={row.problem !== null ? 'refused' : row.blob === null ? 'sending' : 'stored'}
          >
            <Icon size={14} aria-hidden="true" className="shrink-0" />
            <span className="min-w-0 truncate" dir="auto" title={row.name}>
              {row.name}
            </span>
            {row.problem === null ? (
              row.size !== undefined && <span className="figures shrink-0 text-soft">{bytes(row.size)}</span>
            ) : (
              <span role="alert" className="text-fail">
                {row.problem}
              </span>
            )}
            {row.blob === null && row.problem === null && (
              <progress aria-label={t('sendingFile', { name: row.name })} />
            )}
            <button
              type="button"
              className="icon-button icon-small target"
              aria-label={t('removeFile', { name: row.name })}
              onClick={() => remove(row.id)}
            >
              <X size={13} aria-hidden="true" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
