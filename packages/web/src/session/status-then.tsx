// The badge of a session as it was at a past moment.

import { useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { StatusBadge } from '../parts/status-badge.tsx'

export function StatusThen({ id, moment }: { readonly id: string; readonly moment: number }) {
  const { data } = useQuery({
    queryKey: ['then', id, moment],
    queryFn: ({ signal }) => client.session(id).get({ until: moment, signal }),
    placeholderData: (before) => before,
  })
  return data ? <StatusBadge session={data} past /> : null
}
