// All keys, searchable and changeable, and the few settings of this browser.

import { ChevronDown } from 'lucide-react'
import { useId, useState, useSyncExternalStore } from 'react'
import { t } from '../i18n/base.ts'
import { language } from '../i18n/language.ts'
import type { Language, languages } from '../i18n/words.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { isComposing, type KeyName, keyOf, keyTable, keyText, strokeOf } from '../parts/keys.ts'
import { mayNotify } from '../parts/notify.ts'
import { preferences } from '../parts/preferences.ts'
import { Scrollable } from '../parts/scrollable.tsx'

const names = Object.keys(keyTable) as KeyName[]
/** A key of two strokes is not changed here: what would the second one be? */
const isFixed = (name: KeyName): boolean => keyTable[name].includes(' ')

/** Draws anew when any setting changed. */
function useSettings(): void {
  useSyncExternalStore(preferences.onChange, () =>
    JSON.stringify([
      preferences.get('keys'),
      preferences.get('letters'),
      preferences.get('theme'),
      preferences.get('notify'),
      preferences.get('enterBreaks'),
    ]),
  )
}

export function KeyList({ onClose }: { onClose: () => void }) {
  useSettings()
  const [text, setText] = useState('')
  const [taking, setTaking] = useState<KeyName | null>(null)
  const words = text.toLowerCase()
  const found = names.filter((name) => `${t(`key_${name}`)} ${keyOf(name)}`.toLowerCase().includes(words))
  return (
    <Dialog label={t('keysAndSettings')} onClose={onClose}>
      <header className="flex items-center gap-3 border-b border-rule px-4 py-2">
        <h2 className="text-title font-semibold">{t('keysAndSettings')}</h2>
        <input
          autoFocus
          type="search"
          aria-label={t('searchKeys')}
          placeholder={t('searchKeys')}
          value={text}
          onChange={({ target }) => setText(target.value)}
          className="input target ms-auto w-40 min-w-0 placeholder:text-soft"
        />
        <Button onClick={onClose}>{t('close')}</Button>
      </header>
      <Scrollable label={t('keys')} className="px-4 py-3">
        {text === '' && <Settings />}
        <table className="w-full border-collapse">
          <caption className="aside-only">{t('keys')}</caption>
          <tbody>
            {found.map((name) => (
              <tr key={name} className="border-b border-rule last:border-0">
                <th scope="row" className="py-1 pe-2 text-start font-normal">
                  {t(`key_${name}`)}
                </th>
                <td className="py-1 text-end">
                  <KeyField name={name} taking={taking === name} onTake={setTaking} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="text-soft">{t('noneFits', { words: text })}</p>}
      </Scrollable>
    </Dialog>
  )
}

interface KeyFieldProps {
  readonly name: KeyName
  readonly taking: boolean
  readonly onTake: (name: KeyName | null) => void
}

/** Pressed once it takes the next key in place of the old one; Escape leaves it, Backspace gives the first one back. */
function KeyField({ name, taking, onTake }: KeyFieldProps) {
  if (isFixed(name)) return <kbd className="key button target">{keyText(keyOf(name))}</kbd>
  const set = (key: string | null): void => {
    const { [name]: _before, ...others } = preferences.get('keys') ?? {}
    preferences.set('keys', key === null ? others : { ...others, [name]: key })
    onTake(null)
  }
  return (
    <Button
      className="key"
      aria-label={t('changeKey', { what: t(`key_${name}`), key: keyText(keyOf(name)) })}
      aria-pressed={taking}
      onClick={() => onTake(taking ? null : name)}
      onBlur={() => taking && onTake(null)}
      onKeyDown={(event) => {
        if (!taking || isComposing(event.nativeEvent) || /^(?:Shift|Control|Alt|Meta|Tab)$/.test(event.key)) return
        event.preventDefault()
        event.stopPropagation()
        if (event.key === 'Escape') onTake(null)
        else set(event.key === 'Backspace' ? null : strokeOf(event.nativeEvent))
      }}
    >
      <kbd>{taking ? t('pressKey') : keyText(keyOf(name))}</kbd>
    </Button>
  )
}

function Settings() {
  const theme = preferences.get('theme')
  return (
    <div className="mb-3 grid gap-2 border-b border-rule pb-3">
      <Choice
        label={t('theme')}
        value={theme ?? ''}
        values={{ '': t('theme_system'), light: t('theme_light'), dark: t('theme_dark') }}
        onChange={(value) => preferences.set('theme', value === '' ? undefined : (value as 'light' | 'dark'))}
      />
      <Choice
        label={t('language')}
        value={language}
        values={{ en: 'English', ru: 'Русский', zh: '中文' } satisfies Record<(typeof languages)[number], string>}
        onChange={(value) => {
          preferences.set('language', value as Language)
          location.reload()
        }}
      />
      <Switch
        label={t('letters')}
        on={preferences.get('letters') !== false}
        onChange={(on) => preferences.set('letters', on ? undefined : false)}
      />
      <Switch
        label={t('enterBreaks')}
        on={preferences.get('enterBreaks') === true}
        onChange={(on) => preferences.set('enterBreaks', on || undefined)}
      />
      <Switch
        label={t('notifyMe')}
        on={preferences.get('notify') === true}
        onChange={async (on) => preferences.set('notify', (on && (await mayNotify())) || undefined)}
      />
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (value: string) => void
}

function Choice({ label, value, values, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div className="flex items-center justify-between gap-3">
      <label htmlFor={id}>{label}</label>
      <span className="picker">
        <select id={id} value={value} onChange={({ target }) => onChange(target.value)} className="picker-select">
          {Object.entries(values).map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden size={13} className="picker-sign" />
      </span>
    </div>
  )
}

function Switch({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="target flex items-center justify-between gap-3">
      {label}
      <input
        type="checkbox"
        checked={on}
        onChange={({ target }) => onChange(target.checked)}
        className="size-5 accent-solid"
      />
    </label>
  )
}
