// Home: who needs me, what runs, what happened since I looked, and all sessions.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { client } from '../live/client.ts'

export function HomeScreen() {
  const list = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => client.list({}, { signal }) })
  return (
    <ol className="p-4">
      {list.data?.sessions.map(({ session_id, tail, name, title }) => (
        <li key={session_id}>
          <Link to="/s/$address" params={{ address: session_id }}>
            {tail} {name ?? title}
          </Link>
        </li>
      ))}
    </ol>
  )
}
