// Keys that phones have not, under the screen of a process, each as large as a thumb.

import { t } from '../session/words.ts'
import { type ScreenKey, screenKeys } from './key-bytes.ts'

const signs: Readonly<Record<ScreenKey, string>> = {
  escape: 'Esc',
  tab: 'Tab',
  interrupt: 'Ctrl-C',
  left: '←',
  up: '↑',
  down: '↓',
  right: '→',
}
const names = { left: 'arrowLeft', up: 'arrowUp', down: 'arrowDown', right: 'arrowRight' } as const

function nameOf(key: ScreenKey): string {
  return key in names ? t(names[key as keyof typeof names]) : signs[key]
}

export function KeyBar({ onPress }: { readonly onPress: (key: ScreenKey) => void }) {
  return (
    <div role="toolbar" aria-label={t('screenKeys')} className="key-bar" data-region>
      {screenKeys.map((key) => (
        <button
          key={key}
          type="button"
          className="button"
          aria-label={nameOf(key)}
          // The focus, and with it the keyboard of the phone, stays where it is.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPress(key)}
        >
          {signs[key]}
        </button>
      ))}
    </div>
  )
}
