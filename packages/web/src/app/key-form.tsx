// Asks for the key of the user, without which no program of the machine is used or looked into.

import { useState } from 'react'
import { t } from '../i18n/base.ts'
import { giveKey } from '../live/key.ts'

/** @param wanted whoever sees it asked for something that takes the key */
export function KeyForm({ wanted = false }: { readonly wanted?: boolean }) {
  const [text, setText] = useState('')
  return (
    <form
      className="grid max-w-prose grid-cols-[minmax(0,1fr)_auto] items-end gap-2 p-4"
      onSubmit={(event) => {
        event.preventDefault()
        giveKey(text.trim())
      }}
    >
      <p className="col-span-2">{t('keyNeeded')}</p>
      <label className="flex flex-col text-small">
        {t('userKey')}
        <input
          className="input"
          type="password"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the next step of what the reader began
          autoFocus={wanted}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="button button-solid target w-fit" disabled={text.trim() === ''}>
        {t('useKey')}
      </button>
    </form>
  )
}
