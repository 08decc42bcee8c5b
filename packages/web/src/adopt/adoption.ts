// The one adoption that this browser asked for: kept under its key, so that a page that is loaded anew goes on with it.

import { useQuery } from '@tanstack/react-query'
import { type AdoptionShape, isDaybookError } from 'daybook/client'
import { useSyncExternalStore } from 'react'
import { queries } from '../app/queries.ts'
import { client } from '../live/client.ts'
import { headers, onKey } from '../live/key.ts'
import { type AskedAdoption, preferences } from '../parts/preferences.ts'

/** Milliseconds between two looks at one that goes on. */
const often = 500

/** Under which the server knows them. */
const ids = new Map<string, string>()

/** By its id while the server knows it; by its key at first, and where the server began anew: then it goes on. */
async function look({ key, agents, follow }: AskedAdoption, signal: AbortSignal): Promise<AdoptionShape> {
  const id = ids.get(key)
  try {
    if (id !== undefined) return await client.adoption(id, { signal })
  } catch (error) {
    if (!isDaybookError(error) || error.code !== 'not_found') throw error
  }
  const state = await client.adopt({ agents: [...agents], follow }, { key, signal })
  ids.set(key, state.adoption_id)
  return state
}

let text: string | undefined
let known: AskedAdoption | undefined
/** The same object as long as nothing changed. */
function askedNow(): AskedAdoption | undefined {
  const now = preferences.get('adoption')
  const next = now && JSON.stringify(now)
  if (next !== text) known = now
  text = next
  return known
}

export function startAdopting(agents: readonly string[], follow: boolean): void {
  const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
  preferences.set('adoption', { key, agents, follow })
}

/** Its end was seen, or it is not wanted any more. */
export function forgetAdoption(): void {
  preferences.set('adoption', undefined)
}

export interface Adopting {
  readonly asked: AskedAdoption | undefined
  /** As it stood last. */
  readonly state: AdoptionShape | undefined
  readonly error: unknown
  /** The key of the user is missing here. */
  readonly locked: boolean
  /** Goes on with one that failed. */
  again(): void
}

export function useAdopting(): Adopting {
  const asked = useSyncExternalStore(preferences.onChange, askedNow)
  const locked = useSyncExternalStore(onKey, () => headers.authorization === undefined)
  const { data, error, refetch } = useQuery({
    queryKey: ['adoption', asked?.key ?? ''],
    queryFn: async ({ signal }) => {
      if (!asked) throw new Error('nothing was asked for')
      const state = await look(asked, signal)
      if (state.status === 'done') {
        preferences.set('adoption', { ...asked, ended: state })
        void queries.invalidateQueries({ queryKey: ['status'] })
      }
      return state
    },
    enabled: asked !== undefined && asked.ended === undefined && !locked,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && state.data.status !== 'running' ? false : often),
  })
  const again = (): void => {
    if (asked) ids.delete(asked.key)
    void refetch()
  }
  return { asked, state: asked?.ended ?? data, error, locked, again }
}
