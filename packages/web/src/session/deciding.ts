// What waits for a person, as its run says it is: a log that is read in part may not know that somebody decided already.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { isDaybookError, type RunStateShape } from 'daybook/client'
import { useLayoutEffect, useRef } from 'react'
import { client } from '../live/client.ts'
import { useFeed } from '../live/live.ts'
import { errorText } from '../parts/errors.ts'
import { usePlace } from './place.ts'
import { say } from './saying.ts'
import { t } from './words.ts'

const nameOf = (run: string): readonly [string, string] => ['run', run]

/** The run, read again with each entry of it. Nothing is asked where `wanted` is false. */
export function useRun(run: string | undefined, wanted: boolean): RunStateShape | undefined {
  const queries = useQueryClient()
  const { session } = usePlace()
  const asked = wanted && run !== undefined
  useFeed(({ session_id, entry }) => {
    if (asked && session_id === session && entry.run_id === run) {
      void queries.invalidateQueries({ queryKey: nameOf(run) })
    }
  })
  const { data } = useQuery({
    queryKey: nameOf(run ?? ''),
    queryFn: ({ signal }) => client.runs.get(run ?? '', { signal }),
    enabled: asked,
  })
  return data
}

/** Refused is told where it was tried; what is true is read again then. */
export function useDeciding(run: string | undefined, what: () => Promise<RunStateShape>) {
  const queries = useQueryClient()
  const tried = useRef(false)
  // The form goes with the decision; whoever made it goes on from its row.
  useLayoutEffect(
    () => () => {
      const row = tried.current && document.activeElement?.closest('.asking')?.closest<HTMLElement>('[data-row]')
      if (row) row.focus({ preventScroll: true })
    },
    [],
  )
  return useMutation({
    mutationFn: () => {
      tried.current = true
      return what()
    },
    onSuccess: (state) => {
      if (run !== undefined) queries.setQueryData(nameOf(run), state)
    },
    onError: async (error) => {
      if (!isDaybookError(error)) throw error
      const late = error.code === 'invalid_state' || error.code === 'conflict'
      say(late ? t('othersFirst') : errorText(error), 'failure')
      if (run !== undefined) await queries.invalidateQueries({ queryKey: nameOf(run) })
    },
  })
}
