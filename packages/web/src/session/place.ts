// Where rows stand: the session they belong to, and whether it is shown as it is now or as it was.

import { createContext, useContext } from 'react'

export interface Place {
  readonly session: string
  /** The entry whose moment is shown; null: now. */
  readonly moment: number | null
}

export const PlaceContext = createContext<Place>({ session: '', moment: null })

export function usePlace(): Place {
  return useContext(PlaceContext)
}
