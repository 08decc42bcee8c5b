// The entry of a hit with those around it, beside the list: enough to know whether it is the one.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EntryShape, HitShape, SessionShape } from 'daybook/client'
import { addressOf } from '../app/addresses.ts'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { plainText } from '../parts/plain-line.ts'
import { agentOf, speakerOf, titleOf } from '../parts/session-text.ts'
import { clockTime, fullTime } from '../parts/time.ts'
import { useNow } from '../parts/use-now.ts'
import { Snippet } from './snippet.tsx'

/** They say nothing that somebody would know a session by. */
const bare: ReadonlySet<string> = new Set(['session.opened', 'transcript.adopted'])

/** Characters of one entry that are shown here. */
const most = 1200

/** The longest text of an entry: what it says. Its kind where it says nothing. */
function textOf({ kind, data }: EntryShape): string {
  let longest = ''
  const look = (value: unknown, name: string): void => {
    if (typeof value === 'string' && !/hash|digest|_id$|^(?:blob|role|status|kind|type)$/.test(name)) {
      if (value.length > longest.length) longest = value
    } else if (typeof value === 'object' && value !== null) {
      for (const [inner, one] of Object.entries(value)) look(one, inner)
    }
  }
  look(data, '')
  return longest.trim() === '' ? kind : longest
}

export function Preview({ hit, session }: { hit: HitShape; session: SessionShape | undefined }) {
  const now = useNow()
  const around = useQuery({
    queryKey: ['around', hit.session_id, hit.seq],
    queryFn: ({ signal }) => client.session(hit.session_id).around(hit.seq, 5, { signal }),
    placeholderData: (before) => before,
  })
  const address = addressOf(hit.session_id, hit.seq)
  return (
    <aside
      aria-label={t('preview')}
      data-region
      className="sticky top-16 rounded-box border border-rule bg-sheet max-wide:hidden"
    >
      <h2 dir="auto" className="border-b border-rule px-3 py-2 font-medium">
        {session ? titleOf(session) : hit.session_id}
        <span className="ms-2 font-normal text-soft">
          {[session && agentOf(session), session?.branch].filter(Boolean).join(' · ')}
        </span>
      </h2>
      <ol className="rows max-h-[65vh] overflow-y-auto">
        {around.data?.entries
          .filter((entry) => entry.seq === hit.seq || !bare.has(entry.kind))
          .map((entry) => (
            <li key={entry.seq} className={`px-3 py-2 ${entry.seq === hit.seq ? 'bg-chosen' : 'text-soft'}`}>
              <div className="flex gap-3 text-small text-soft">
                <code className="figures">{entry.seq}</code>
                <span dir="auto">{speakerOf(entry)}</span>
                <time dateTime={entry.at} title={fullTime(entry.at)} className="ms-auto">
                  {clockTime(entry.at, now)}
                </time>
              </div>
              <p dir="auto" className="whitespace-pre-wrap">
                {entry.seq === hit.seq ? <Snippet snippet={hit.snippet} /> : plainText(textOf(entry).slice(0, most))}
              </p>
            </li>
          ))}
      </ol>
      <p className="border-t border-rule px-3 py-2">
        <Link to="/s/$address" params={{ address }}>
          {t('openAt', { n: hit.seq })}
        </Link>
      </p>
    </aside>
  )
}
