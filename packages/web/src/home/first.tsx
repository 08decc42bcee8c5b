// Nothing is kept yet: the ways to begin, each with the command that does the same.

import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'
import { Command } from './command.tsx'

const ways = [
  { name: 'adopt', command: 'npx daybook adopt --dry-run' },
  { name: 'tour', command: 'npx daybook tour' },
  { name: 'start', command: 'npx daybook start bash' },
] as const

/** @param found what there is to bring in is told already */
export function First({ found }: { readonly found: boolean }) {
  const shown = found ? ways.filter(({ name }) => name !== 'adopt') : ways
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>(null)
  const open = async (): Promise<void> => {
    try {
      const { session_id: address } = await client.create()
      await navigate({ to: '/s/$address', params: { address } })
    } catch (failure) {
      setError(failure)
    }
  }
  return (
    <section aria-labelledby="first" className="rounded-box border border-rule bg-sheet">
      <h2 id="first" className="border-b border-rule px-4 py-3 text-title font-semibold">
        {t('nothingYet')}
      </h2>
      <ul>
        {shown.map(({ name, command }) => (
          <li
            key={name}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-rule px-4 py-3 last:border-0"
          >
            <div className="min-w-60 flex-1">
              <h3 className="font-medium">{t(`first_${name}`)}</h3>
              <p className="text-soft">{t(`first_${name}_why`)}</p>
            </div>
            <Command text={command} />
          </li>
        ))}
      </ul>
      <p className="border-t border-rule px-4 py-3">
        <Button look="first" onClick={() => void open()}>
          {t('newSession')}
        </Button>
      </p>
      {error !== null && (
        <p role="alert" className="px-4 pb-3 text-fail">
          {errorText(error)}
        </p>
      )}
    </section>
  )
}
