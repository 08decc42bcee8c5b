// A process of its own that appends to a file which others write too; tells on stdout what was accepted.

import { after, opening } from '../conformance/drafts.ts'
import { sqliteStore } from '../sqlite.ts'

/** Asked for as JSON in the first argument. */
export interface Appending {
  readonly path: string
  readonly name: string
  readonly sessions: readonly string[]
  readonly rounds: number
  readonly worker: boolean
}

/** Told as one line of JSON: bodies by session, and how often another process was first. */
export interface Told {
  readonly accepted: Readonly<Record<string, readonly string[]>>
  readonly conflicts: number
}

async function work({ path, name, sessions, rounds, worker }: Appending): Promise<Told> {
  await using store = sqliteStore({ path, worker, wait: 60_000 })
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
