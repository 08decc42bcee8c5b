// An edit of a file as a diff, folded when it is long; whole in a viewer.

import { memo, useMemo, useState } from 'react'
import { count } from '../parts/time.ts'
import { BlobButton } from './blob-viewer.tsx'
import { EntryNumber, Moment } from './entry-row.tsx'
import { type DiffLine, diffLines } from './model/diff.ts'
import type { EditItem } from './model/items.ts'
import { TextViewer } from './viewer.tsx'
import { WideText } from './wide-text.tsx'
import { t } from './words.ts'

/** Lines of a diff that are shown here. */
const most = 40
/** Lines and characters of a diff that are read here, with its headers; a longer one is looked at in the viewer only. */
const mostLines = 100
const mostRead = 200_000

const operations = {
  create: 'fileCreated',
  update: 'fileEdited',
  delete: 'fileDeleted',
  rename: 'fileRenamed',
} as const

export const EditRow = memo(function EditRow({ item }: { readonly item: EditItem }) {
  const [open, setOpen] = useState(false)
  const diff = item.diff ?? ''
  const { lines, whole } = useMemo(() => shownOf(diff), [diff])
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading box">
        <div className="box-line">
          <span className="shrink-0 text-soft">{t(operations[item.operation])}</span>
          <b className="min-w-0 flex-1 truncate font-mono font-semibold" dir="ltr">
            {item.path}
            {item.to !== undefined && ` → ${item.to}`}
          </b>
          <Counts added={item.added} removed={item.removed} />
          <Moment at={item.at} />
        </div>
        {lines.length > 0 && (
          <WideText
            className={lines.some(({ before, after }) => before ?? after) ? 'output diff' : 'output diff diff-bare'}
          >
            {lines.slice(0, most).map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is where it stands
              <Line key={at} line={line} />
            ))}
          </WideText>
        )}
        {whole > most && (
          <button type="button" className="more target" onClick={() => setOpen(true)}>
            {t('openLines', { n: whole })}
          </button>
        )}
        {diff === '' && (item.before ?? item.after) !== undefined && (
          <div className="flex gap-3 px-2 pb-1">
            {item.before !== undefined && (
              <BlobButton blob={item.before} title={`${item.path} · ${t('before')}`} text={t('before')} />
            )}
            {item.after !== undefined && (
              <BlobButton
                blob={item.after}
                title={`${item.path} · ${t('after')}`}
                text={t(item.before === undefined ? 'open' : 'after')}
              />
            )}
          </div>
        )}
        {open && <TextViewer title={item.path} text={diff} onClose={() => setOpen(false)} />}
      </div>
    </div>
  )
})

function shownOf(diff: string): { readonly lines: readonly DiffLine[]; readonly whole: number } {
  if (diff === '') return { lines: [], whole: 0 }
  let end = diff.indexOf('\n')
  for (let line = 1; line < mostLines && end >= 0; line += 1) end = diff.indexOf('\n', end + 1)
  const read = diff.slice(0, Math.min(mostRead, end < 0 ? diff.length : end))
  const lines = diffLines(read)
  return { lines, whole: read === diff ? lines.length : diff.replace(/\n$/, '').split('\n').length }
}

export function Counts({
  added,
  removed,
}: {
  readonly added?: number | undefined
  readonly removed?: number | undefined
}) {
  if (added === undefined && removed === undefined) return null
  return (
    <span className="figures shrink-0">
      <span className="text-done">+{count(added ?? 0)}</span> <span className="text-fail">−{count(removed ?? 0)}</span>
    </span>
  )
}

const signs = { added: '+', removed: '−', same: ' ', hunk: '', note: '' } as const

function Line({ line }: { readonly line: DiffLine }) {
  return (
    <div className={`line diff-${line.type}`}>
      <span className="diff-number">{line.after ?? line.before ?? ''}</span>
      <span className="diff-sign">{signs[line.type]}</span>
      {line.text.slice(0, 2000)}
    </div>
  )
}
