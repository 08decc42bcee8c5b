// A process of its own that appends to a store which others write too; tells on stdout what was accepted.

import { after, opening } from '../conformance/drafts.ts'
import { postgresStore } from '../postgres.ts'

/** Asked for as JSON in the first argument. */
export interface Appending {
  readonly url: string
  readonly schema: string
  readonly name: string
  readonly sessions: readonly string[]
  readonly rounds: number
}

/** Told as one line of JSON: bodies by session, and how often another process was first. */
export interface Told {
  readonly accepted: Readonly<Record<string, readonly string[]>>
  readonly conflicts: number
}

async function work({ url, schema, name, sessions, rounds }: Appending): Promise<Told> {
  await using store = postgresStore({ url, schema, connections: 2, wait: 60_000 })
  await store.open()
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  const accepted: Record<string, string[]> = Object.fromEntries(sessions.map((session) => [session, []]))
  let conflicts = 0
  const insist = async (session: string, body: string) => {
    for (;;) {
      const head = await scope.head(session)
      const append = head ? after(head, { bodies: [body] }) : opening(session)
      const [outcome] = await scope.append([append])
      if (outcome?.ok && head) return accepted[session]?.push(body)
      if (outcome?.ok) continue
      if (outcome?.code !== 'conflict' && outcome?.code !== 'exists') throw new Error(`refused: ${outcome?.code}`)
      conflicts += 1
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(sessions.map((session) => insist(session, JSON.stringify(`${name} ${round}`))))
  }
  return { accepted, conflicts }
}

if (process.argv[2]) console.log(JSON.stringify(await work(JSON.parse(process.argv[2]) as Appending)))
