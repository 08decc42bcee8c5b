// Keeps a session on top of the reader's list.

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Pin } from 'lucide-react'
import { client } from '../live/client.ts'
import { useKey } from '../parts/keys.ts'
import { sayProblem } from './opened.ts'
import { say } from './saying.ts'
import { t } from './words.ts'

interface Props {
  readonly session: string
  /** Before, nothing is asked. */
  readonly settled: boolean
}

export function PinButton({ session, settled }: Props) {
  const queries = useQueryClient()
  const queryKey = ['marks', session]
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => client.session(session).marks({ signal }),
    enabled: settled,
  })
  const pinned = data?.pinned === true
  const turn = async (): Promise<void> => {
    // Shown at once: what the server refuses is shown again as it was.
    queries.setQueryData(queryKey, data && { ...data, pinned: !pinned })
    try {
      queries.setQueryData(queryKey, await client.session(session).changeMarks(() => ({ pinned: !pinned })))
      say(t(pinned ? 'unpinned' : 'pinned'))
    } catch (error) {
      queries.setQueryData(queryKey, data)
      sayProblem(error)
    }
  }
  useKey('pin', () => void turn())
  return (
    <button
      type="button"
      className="icon-button target"
      aria-label={t('pin')}
      aria-pressed={pinned}
      onClick={() => void turn()}
    >
      <Pin size={16} aria-hidden="true" fill={pinned ? 'currentColor' : 'none'} />
    </button>
  )
}
