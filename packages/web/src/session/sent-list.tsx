// What became of messages that were sent here: the tick comes with the entry, never before.

import { useSyncExternalStore } from 'react'
import { count } from '../parts/time.ts'
import { copyText } from './links.ts'
import type { SentState } from './model/sending.ts'
import { sentMessages } from './sent-messages.ts'
import { t } from './words.ts'

/** Total: each state has a word, a sign and a colour. */
const looks = {
  sending: { word: 'sentSending', sign: '…', look: 'text-soft' },
  'not sent': { word: 'sentNot', sign: '!', look: 'text-fail' },
  stored: { word: 'sentStored', sign: '✓', look: 'text-done' },
  queued: { word: 'sentQueued', sign: '✓', look: 'text-wait' },
  running: { word: 'sentRunning', sign: '▸', look: 'text-run' },
  done: { word: 'sentDone', sign: '✓', look: 'text-done' },
  failed: { word: 'sentFailed', sign: '✕', look: 'text-fail' },
  cancelled: { word: 'sentCancelled', sign: '–', look: 'text-soft' },
  'unknown outcome': { word: 'unknownOutcome', sign: '?', look: 'text-need' },
} as const satisfies Record<SentState, { word: string; sign: string; look: string }>

export function SentList({ session }: { readonly session: string }) {
  const all = useSyncExternalStore(sentMessages.subscribe, sentMessages.all)
  const mine = all.filter((each) => each.session === session)
  if (mine.length === 0) return null
  return (
    <ul className="border-t border-rule bg-sheet px-4 py-1 text-small" aria-label={t('sentHere')}>
      {mine.map((message) => {
        const { word, sign, look } = looks[message.state]
        const seq = message.seq === undefined ? '' : ` #${count(message.seq)}`
        const closed = ['failed', 'cancelled', 'not sent'].includes(message.state)
        return (
          <li key={message.key} data-sent={message.state} className="flex flex-wrap items-center gap-x-2">
            <span className={look}>
              <span aria-hidden="true">{sign} </span>
              {message.state === 'queued' && message.position ? t('sentQueuedAs', { n: message.position }) : t(word)}
              {seq}
            </span>
            <span className="min-w-0 flex-1 truncate" dir="auto">
              {message.text}
            </span>
            {message.problem !== undefined && message.state === 'not sent' && (
              <span className="text-fail">{message.problem}</span>
            )}
            {message.state === 'not sent' && (
              <>
                <button type="button" className="more target" onClick={() => void sentMessages.retry(message.key)}>
                  {t('retry')}
                </button>
                <button type="button" className="more target" onClick={() => void copyText(message.text, t('copied'))}>
                  {t('copy')}
                </button>
              </>
            )}
            {closed && (
              <button type="button" className="more target" onClick={() => sentMessages.discard(message.key)}>
                {t('discard')}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
