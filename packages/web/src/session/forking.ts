// Forks a session and goes to the fork.

import { useNavigate } from '@tanstack/react-router'
import { addressOf } from '../app/addresses.ts'
import { client } from '../live/client.ts'
import { sayProblem } from './opened.ts'
import { say } from './saying.ts'
import { t } from './words.ts'

/** At an entry, or at the newest where none is given. */
export function useForking(session: string): (seq: number | null) => void {
  const navigate = useNavigate()
  return (seq) => {
    const fork = async (): Promise<void> => {
      const made = await client.session(session).fork(seq === null ? {} : { at: seq })
      say(t('forked', { tail: made.tail }))
      await navigate({ to: '/s/$address', params: { address: addressOf(made.session_id) } })
    }
    void fork().catch(sayProblem)
  }
}
