// Who else looks at this session: a face each, which leads to the entry that it looks at.

import { actorOf } from '../parts/session-text.ts'
import { initials, type Watcher } from './model/watchers.ts'
import { t } from './words.ts'

/** Faces that are drawn; the others are a number. */
const most = 5

interface Props {
  readonly watchers: readonly Watcher[]
  readonly onGo: (seq: number) => void
}

export function Faces({ watchers, onGo }: Props) {
  if (watchers.length === 0) return null
  return (
    <ul className="flex items-center gap-1" aria-label={t('alsoHere')}>
      {watchers.slice(0, most).map(({ who, seq }) => {
        const text = t('looksAt', { name: actorOf(who), seq })
        return (
          <li key={who}>
            <button type="button" className="face" title={text} onClick={() => onGo(seq)}>
              {initials(who)}
              <span className="aside-only">{text}</span>
            </button>
          </li>
        )
      })}
      {watchers.length > most && <li className="figures text-small text-soft">+{watchers.length - most}</li>}
    </ul>
  )
}
