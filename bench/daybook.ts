// The product as the benches drive it: through its public library, with the calls that an embedding program makes.
import { join } from 'node:path'
import type { Head } from '../packages/daybook/src/schema/heads.ts'
import type { ScopedSessions, Session, Sessions } from '../packages/daybook/src/session/contract.ts'
import type { Store } from '../packages/daybook/src/store/store.ts'
import type { Message } from './message.ts'
import { message, messages } from './message.ts'

export interface LogOptions {
  /** Folder of the file; unused in memory. */
  readonly dir: string
  readonly store: 'sqlite' | 'memory'
  /** synchronous=NORMAL in place of FULL. */
  readonly relaxed?: boolean
}

/** The most entries that one append of `fill` carries. */
const together = 500

const entry = (data: Message) => ({ kind: 'message', data }) as const

export class Log {
  readonly #sessions: Sessions
  readonly #local: ScopedSessions
  readonly #owner: ScopedSessions
  readonly #end: () => Promise<void>
  readonly #handles = new Map<string, Session>()

  /** `end` closes the store, which was opened for this log alone. */
  constructor(sessions: Sessions, end: () => Promise<void>) {
    this.#sessions = sessions
    this.#local = sessions.within({ tenant: 'local', subjects: ['local'] })
    this.#owner = sessions.within({ tenant: 'local', subjects: ['owner-0'] })
    this.#end = end
  }

  #session(id: string): Session {
    let session = this.#handles.get(id)
    if (session === undefined) {
      session = this.#local.session(id, { opens: true })
      this.#handles.set(id, session)
    }
    return session
  }

  /** One message to the end of the session, durable when it resolves. */
  async append(id: string, i: number, key?: string): Promise<void> {
    await this.#session(id).append(entry(message(i)), key === undefined ? {} : { key })
  }

  /** `n` messages at once as far as an append goes. Never measured. */
  async fill(id: string, n: number): Promise<void> {
    for (let from = 0; from < n; from += together) {
      const part = messages(Math.min(together, n - from), from)
      await this.#session(id).append(part.map(entry))
    }
  }

  /** Texts of the messages among the last 50 entries, oldest first. */
  async last50(id: string): Promise<readonly string[]> {
    const entries = await this.#session(id).read({ order: 'desc', limit: 50 })
    return entries
      .toReversed()
      .flatMap((each) => (each.kind === 'message' && each.data !== null ? [each.data.content] : []))
  }

  /** `n` sessions of `each` messages, spread evenly over `owners`. Never measured. */
  async fillList(n: number, owners: number, each = 1): Promise<void> {
    const scopes = Array.from({ length: owners }, (_, i) =>
      this.#sessions.within({ tenant: 'local', subjects: [`owner-${i}`] }),
    )
    const one = async (i: number): Promise<void> => {
      const id = `listed-${String(i).padStart(7, '0')}-of-${i % owners}`
      await scopes[i % owners]?.session(id, { opens: true }).append(messages(each, i).map(entry))
    }
    for (let from = 0; from < n; from += 250) {
      await Promise.all(Array.from({ length: Math.min(250, n - from) }, (_, i) => one(from + i)))
    }
  }

  /** Heads of the 50 sessions of owner 0 that were touched last. */
  async list50(): Promise<readonly Head[]> {
    return (await this.#owner.list({ limit: 50 })).items
  }

  /** As {@link last50}, of a session made by {@link fillList} for owner 0. */
  async lastListed(i: number): Promise<readonly string[]> {
    const entries = await this.#owner
      .session(`listed-${String(i).padStart(7, '0')}-of-0`)
      .read({ order: 'desc', limit: 50 })
    return entries
      .toReversed()
      .flatMap((each) => (each.kind === 'message' && each.data !== null ? [each.data.content] : []))
  }

  async close(): Promise<void> {
    await this.#sessions.close()
    await this.#end()
  }
}

/** Opens a log of its own; the store's module is loaded only when it is asked for. */
export async function openLog(options: LogOptions): Promise<Log> {
  return logOver(await openStore(options))
}

/** A log over a store that was made for it alone. */
export async function logOver(store: Store): Promise<Log> {
  const { openSessions } = await import('../packages/daybook/src/session/sessions.ts')
  return new Log(await openSessions({ store }), () => store.close())
}

async function openStore(options: LogOptions) {
  if (options.store === 'memory') {
    const { memoryStore } = await import('../packages/daybook/src/store/memory.ts')
    return memoryStore()
  }
  const { sqliteStore } = await import('../packages/daybook/src/store/sqlite.ts')
  return sqliteStore({
    path: join(options.dir, 'daybook.db'),
    durability: options.relaxed === true ? 'relaxed' : 'full',
  })
}
