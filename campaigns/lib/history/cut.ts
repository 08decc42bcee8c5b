// Cuts every connection that others have to a PostgreSQL server, as a network does that forgets them.

import postgres from 'postgres'

/** How many were cut. */
export async function cutConnections(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const cut = await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`
    return cut.length
  } finally {
    await sql.end({ timeout: 1 })
  }
}
