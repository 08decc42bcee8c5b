// A process of its own that appends to a store which others write too; tells each accepted entry as a line, once it is.

import { writeSync } from 'node:fs'
import { after, opening } from '../conformance/drafts.ts'
import { redisStore } from '../redis.ts'

/** Asked for as JSON in the first argument. */
export interface Appending {
  readonly url: string
  readonly prefix: string
  readonly name: string
  readonly sessions: readonly string[]
  readonly rounds: number
}

async function work({ url, prefix, name, sessions, rounds }: Appending): Promise<void> {
  await using store = redisStore({ url, prefix, wait: 60_000 })
  await store.open()
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  const insist = async (session: string, body: string) => {
    for (;;) {
      const head = await scope.head(session)
      const append = head ? after(head, { bodies: [body] }) : opening(session)
      const [outcome] = await scope.append([append])
      // Written at once: a process that is killed behind this line has told what it knew.
      if (outcome?.ok && head) return void writeSync(1, `${session} ${body}\n`)
      if (outcome?.ok || outcome?.code === 'conflict' || outcome?.code === 'exists') continue
      throw new Error(`refused: ${outcome?.code}`)
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(sessions.map((session) => insist(session, JSON.stringify(`${name} ${round}`))))
  }
}

if (process.argv[2]) await work(JSON.parse(process.argv[2]) as Appending)
