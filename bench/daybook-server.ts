// The product's HTTP server as the benches start it: the public parts put together as the serve command does, on a free port.
import { join } from 'node:path'
import { createServer } from '../packages/daybook/src/http/server.ts'
import { openSearch } from '../packages/daybook/src/search/search.ts'
import { sqliteIndex } from '../packages/daybook/src/search/sqlite.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import type { Scope, ScopedStore, Store } from '../packages/daybook/src/store/store.ts'
import { fixedSkills } from '../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../packages/daybook/src/work/work.ts'

export interface ServerOptions {
  readonly dir: string
  /** Each append gets a commit of its own. */
  readonly each?: boolean
  readonly relaxed?: boolean
}

/** Listens on loopback, writing in a worker as the server does. */
export async function startServer(options: ServerOptions): Promise<{ port: number }> {
  const durability = options.relaxed === true ? 'relaxed' : 'full'
  const store = sqliteStore({ path: join(options.dir, 'daybook.db'), durability, worker: true })
  const sessions = await openSessions({ store: options.each === true ? oneCommitEach(store) : store })
  const skills = fixedSkills()
  const work = openWork({ sessions, skills })
  const search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }) })
  const scope: Scope = { tenant: 'local', subjects: ['local'] }
  const server = await createServer({ sessions, work, search, scope, version: '0.0.0' })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  return { port: Number(new URL(address).port) }
}

/** The same store, which hands the next append on only when the one before is durable. */
function oneCommitEach(store: Store): Store {
  let last: Promise<unknown> = Promise.resolve()
  const append =
    (to: ScopedStore): ScopedStore['append'] =>
    (batch) => {
      const mine = last.then(() => to.append(batch))
      last = mine.catch(() => undefined)
      return mine
    }
  const within = (scope: Scope): ScopedStore => over(store.within(scope), { append: append(store.within(scope)) })
  return over(store, { within })
}

/** `target` with some members replaced; its own methods keep it as their `this`. */
function over<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (name in replaced) return Reflect.get(replaced, name)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
