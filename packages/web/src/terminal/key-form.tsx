// Asks for the key of the user, without which no program is looked into.

import { useState } from 'react'
import { giveKey } from '../live/key.ts'
import { t } from '../session/words.ts'

export function KeyForm() {
  const [text, setText] = useState('')
  return (
    <form
      className="flex max-w-prose flex-col gap-2 p-4"
      onSubmit={(event) => {
        event.preventDefault()
        giveKey(text.trim())
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
