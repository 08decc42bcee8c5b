// What other agents left on this machine: counted, never opened, until somebody says that it may be copied.

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { Button } from '../parts/button.tsx'
import { preferences } from '../parts/preferences.ts'
import { count } from '../parts/time.ts'
import { Command } from './command.tsx'

export interface Left {
  readonly agents: readonly { readonly title: string; readonly files: number }[]
  readonly files: number
  /** Files that are due for deletion by their own agent. */
  readonly due: number
  /** There is some, and more of it than the reader refused. */
  readonly shown: boolean
  refuse(): void
}

/** How much is there: more of it is news again. */
export function useLeft(): Left {
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => client.status(false, { signal }),
    staleTime: 60_000,
  })
  const [refused, setRefused] = useState(preferences.get('foundFiles') ?? 0)
  const agents = status.data?.left ?? []
  const files = agents.reduce((sum, one) => sum + one.files, 0)
  return {
    agents,
    files,
    due: agents.reduce((sum, one) => sum + one.due, 0),
    shown: files > refused,
    refuse() {
      preferences.set('foundFiles', files)
      setRefused(files)
    },
  }
}

export function Found({ left: { agents, files, due, refuse } }: { readonly left: Left }) {
  return (
    <section aria-labelledby="found" data-region className="mb-6 rounded-box border border-rule bg-sheet px-4 py-3">
      <h2 id="found" className="font-semibold">
        {t('leftHere', { n: files })} {agents.map(({ title, files }) => `${title} ${count(files)}`).join(', ')}
      </h2>
      {due > 0 && <p className="text-need">{t('leftDue', { n: due })}</p>}
      <p className="mt-0.5 text-soft">{t('copyThemIn')}</p>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Command text="npx daybook adopt --dry-run" />
        <Command text="npx daybook adopt" />
        <Button look="quiet" onClick={refuse}>
          {t('notNow')}
        </Button>
      </div>
    </section>
  )
}
