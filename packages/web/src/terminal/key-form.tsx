// Asks for the key of the user, without which no program is looked into.

import { useState } from 'react'
import { t } from '../session/words.ts'
import { giveKey } from './processes.ts'

export function KeyForm({ onGiven }: { readonly onGiven: () => void }) {
  const [text, setText] = useState('')
  return (
    <form
      className="flex max-w-prose flex-col gap-2 p-4"
      onSubmit={(event) => {
        event.preventDefault()
        giveKey(text.trim())
        onGiven()
      }}
    >
      <p>{t('keyNeeded')}</p>
      <label className="flex flex-col text-small">
        {t('userKey')}
        <input
          className="input"
          type="password"
          autoComplete="off"
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
