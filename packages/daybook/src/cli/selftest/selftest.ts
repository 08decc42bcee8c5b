// The persistence check: a store and a server of its own, a killed process, a comparison, a deletion, and no trace.

import { join } from 'node:path'
import { isDaybookError } from '../../schema/errors.ts'
import { verifyStore } from '../../session/verify.ts'
import type { Env } from '../folders.ts'
import { many } from '../format/time.ts'
import type { Parts } from '../parts.ts'
import { inScratch } from '../scratch.ts'
import { type Compared, compare, type Picture, pictureOf } from './compare.ts'
import { type PrivateServer, startPrivate } from './private-server.ts'

export interface Check extends Compared {
  /** Milliseconds that it took. */
  readonly ms: number
}

export interface SelftestSettings {
  readonly program: string
  readonly env: Env
  readonly signal: AbortSignal
  readonly parts: () => Promise<Pick<Parts, 'openStore'>>
  /** Told of each check when it is done. */
  readonly onCheck: (check: Check) => void
  /** URL of the store inside the folder; the default is a SQLite file. */
  readonly storeIn?: (folder: string) => string
  /** Done to the store while no server runs. */
  readonly whileDown?: (folder: string) => void
}

/** Milliseconds after which a server that says nothing is given up. */
const patience = 60_000

const talk = [
  { role: 'user', content: 'Make the token test pass, and say what you changed.' },
  {
    role: 'assistant',
    agent: 'orchestrator',
    content: 'Передаю это программисту: тест токена падает из-за часов. — Ёжик',
  },
  { role: 'user', content: '请把令牌的有效期改为一小时，并解释原因。👩‍💻' },
  {
    role: 'assistant',
    agent: 'coder',
    content: '已修改：src/token.ts，第 12 行。\n```ts\nconst hour = 3_600_000\n```',
  },
  { role: 'user', content: 'Спасибо! Now in one sentence: 为什么？' },
] as const

const handovers = [
  { to: 'coder', reason: 'код надо исправить' },
  { to: 'architect', reason: '需要审查设计' },
] as const

/** Every check that was reached, in order; the first step that fails outright is the last. Leaves nothing behind. */
export async function selftest(settings: SelftestSettings): Promise<readonly Check[]> {
  return inScratch('selftest', async (folder) => {
    const run = new Run(settings, folder)
    try {
      await run.all()
    } finally {
      await run.end()
    }
    return run.checks
  })
}

/** A step that did not come to its end; it has been told as a check. */
class Broken extends Error {}

class Run {
  readonly checks: Check[] = []
  readonly #settings: SelftestSettings
  readonly #folder: string
  readonly #store: string
  readonly #signal: AbortSignal
  #server: PrivateServer | null = null

  constructor(settings: SelftestSettings, folder: string) {
    this.#settings = settings
    this.#folder = folder
    this.#store = (settings.storeIn ?? ((inside) => `sqlite:${join(inside, 'selftest.db')}`))(folder)
    this.#signal = AbortSignal.any([settings.signal, AbortSignal.timeout(patience)])
  }

  async all(): Promise<void> {
    try {
      await this.#steps()
    } catch (error) {
      if (!(error instanceof Broken)) throw error
    }
  }

  async end(): Promise<void> {
    await this.#server?.kill()
  }

  async #steps(): Promise<void> {
    await this.#step('a server of its own starts', () => this.#start())
    const id = await this.#write()
    const before = await this.#step('everything is read back', async () => {
      const picture = await this.#picture(id)
      if (picture === null) throw new Error('the server does not know what it has just stored')
      return { value: picture, detail: many(picture.entries.length, 'entry', 'entries') }
    })
    await this.#step('the server is killed in its tracks', async () => {
      await this.#server?.kill()
      this.#settings.whileDown?.(this.#folder)
      return { value: undefined, detail: 'SIGKILL' }
    })
    await this.#step('it starts again on what is left', () => this.#start())
    await this.#compare(before, id)
    await this.#verify(before)
    await this.#delete(id)
  }

  async #start(): Promise<{ value: undefined; detail: string }> {
    const { program, env } = this.#settings
    this.#server = await startPrivate({ program, env, folder: this.#folder, store: this.#store, signal: this.#signal })
    return { value: undefined, detail: new URL(this.#server.client.url).host }
  }

  async #write(): Promise<string> {
    const signal = this.#signal
    const id = await this.#step('a session is created', async () => {
      const { session_id, tail } = await this.#client.create({ name: 'selftest · проверка · 自检' }, { signal })
      return { value: session_id, detail: tail }
    })
    const remote = this.#client.session(id)
    await this.#step('messages in three languages are added', async () => {
      for (const message of talk) await remote.message(message, { signal })
      return { value: undefined, detail: `${many(talk.length, 'message')}: English, Русский, 中文` }
    })
    await this.#step('the work is handed over', async () => {
      for (const { to, reason } of handovers) await remote.handoff(to, reason, { signal })
      return { value: undefined, detail: handovers.map(({ to }) => `→ ${to}`).join(' ') }
    })
    return id
  }

  async #compare(before: Picture, id: string): Promise<void> {
    const after = await this.#step('everything is read again', async () => {
      const picture = await this.#picture(id)
      return { value: picture, detail: picture === null ? 'nothing' : many(picture.entries.length, 'entry', 'entries') }
    })
    for (const one of compare(before, after)) this.#tell(one, performance.now())
  }

  async #verify({ entries }: Picture): Promise<void> {
    await this.#step('the hash chain and the store agree', async () => {
      const { openStore } = await this.#settings.parts()
      const store = await openStore(this.#store)
      try {
        const report = await verifyStore(store, { signal: this.#signal })
        const [damage] = report.findings
        if (damage !== undefined) throw new Error(`${damage.what} ${damage.session}@${damage.seq}: ${damage.detail}`)
        if (report.entries < entries.length) throw new Error(`${report.entries} of ${entries.length} entries are there`)
        return { value: undefined, detail: `${many(report.entries, 'entry', 'entries')} verified` }
      } finally {
        await store.close()
      }
    })
  }

  async #delete(id: string): Promise<void> {
    const signal = this.#signal
    await this.#step('deleted means gone', async () => {
      await this.#client.session(id).delete({ now: true, signal })
      const code = await this.#client
        .session(id)
        .get({ signal })
        .then(
          () => 'still there',
          (error: unknown) => (isDaybookError(error) ? error.code : String(error)),
        )
      const { total } = await this.#client.list({ trashed: true, limit: 1 }, { signal })
      if (code !== 'gone' || total > 0) throw new Error(`reading it says ${code}, ${total} in the trash`)
      return { value: undefined, detail: 'not readable, not in the trash' }
    })
    await this.#step('the server ends when it is told to', async () => {
      const exit = await this.#server?.end()
      if (exit !== 0) throw new Error(`it ended with ${exit}`)
      return { value: undefined, detail: 'SIGTERM, exit 0' }
    })
  }

  get #client(): PrivateServer['client'] {
    if (this.#server === null) throw new Error('no server was started')
    return this.#server.client
  }

  #picture(id: string): Promise<Picture | null> {
    return pictureOf(this.#client, id, this.#signal)
  }

  /** A failure is told as a check and ends the run; an interruption is nobody's failure. */
  async #step<T>(name: string, work: () => Promise<{ value: T; detail: string }>): Promise<T> {
    const begun = performance.now()
    try {
      const { value, detail } = await work()
      this.#tell({ name, ok: true, detail }, begun)
      return value
    } catch (error) {
      this.#settings.signal.throwIfAborted()
      this.#tell({ name, ok: false, detail: error instanceof Error ? error.message : String(error) }, begun)
      throw new Broken(name, { cause: error })
    }
  }

  #tell(compared: Compared, begun: number): void {
    const check = { ...compared, ms: Math.round(performance.now() - begun) }
    this.checks.push(check)
    this.#settings.onCheck(check)
  }
}
