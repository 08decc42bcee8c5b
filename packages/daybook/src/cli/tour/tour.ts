// The tour: real programs, a server that is killed in the middle, and proof that nothing of what was written is missing.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Client, openClient, type RemoteSession } from '../../client/client.ts'
import { verifyStore } from '../../session/verify.ts'
import type { Branch } from '../branch.ts'
import type { Env } from '../folders.ts'
import { count, lasting, many } from '../format/time.ts'
import type { Parts } from '../parts.ts'
import { inScratch } from '../scratch.ts'
import { type PrivateServer, startPrivate } from '../selftest/private-server.ts'
import { readKey } from '../user-key.ts'
import { sizeOf } from '../verifying.ts'
import { Counting } from './counting.ts'
import { endHost, hostFolders } from './hosts.ts'

export interface TourStep {
  /** 1 … 6; the number of what belongs to a step is that of the step. */
  readonly step: number
  readonly ok: boolean
  readonly text: string
  readonly detail: string
}

export interface TourSettings {
  readonly program: string
  readonly env: Env
  readonly signal: AbortSignal
  readonly branch: Branch | null
  readonly parts: () => Promise<Pick<Parts, 'openStore'>>
  /** Resolves when the server of this process id is to be killed; the signal ends the tour. */
  readonly press: (pid: number, signal: AbortSignal) => Promise<void>
  readonly onStep: (step: TourStep) => void
  /** What is told between two steps. */
  readonly onWord: (text: string) => void
  readonly onProgress: (text: string) => void
}

/** Milliseconds after which the tour is over, whatever happens. */
const longest = 90_000
const most = 20_000
const commits = 20
/** Entries of bash's lines that are stored before the server may be killed: then there is something to lose. */
const leastStored = 3

/** Every step that was reached, in order; the first that fails is the last. Leaves nothing behind. */
export async function tour(settings: TourSettings): Promise<readonly TourStep[]> {
  return inScratch('tour', async (folder) => {
    const run = new Tour(settings, folder)
    try {
      await run.all()
    } finally {
      await run.end()
    }
    return run.steps
  })
}

/** A step that did not come to its end; it has been told. */
class Broken extends Error {}

class Tour {
  readonly steps: TourStep[] = []
  readonly #settings: TourSettings
  readonly #folder: string
  readonly #store: string
  readonly #ending = new AbortController()
  readonly #signal: AbortSignal
  #server: PrivateServer | null = null
  #state: string | null = null

  constructor(settings: TourSettings, folder: string) {
    this.#settings = settings
    this.#folder = folder
    this.#store = `sqlite:${join(folder, 'tour.db')}`
    this.#signal = AbortSignal.any([settings.signal, this.#ending.signal, AbortSignal.timeout(longest)])
  }

  async all(): Promise<void> {
    try {
      const { remote, client } = await this.#open()
      const counting = await this.#count(client, remote)
      await this.#kill(counting)
      await this.#return(counting)
      await this.#fork(remote)
      await this.#verify()
    } catch (error) {
      if (!(error instanceof Broken)) throw error
    }
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await this.#server?.kill()
    for (const folder of this.#state === null ? [] : hostFolders(this.#state)) await endHost(folder)
  }

  #open(): Promise<{ readonly client: Client; readonly remote: RemoteSession }> {
    const { branch } = this.#settings
    const bound = branch?.name ?? null
    const text =
      bound === null ? 'a session of its own: no branch is checked out here' : 'a session bound to this branch'
    return this.#step(1, text, async () => {
      const server = await this.#start()
      const signal = this.#signal
      // Patient enough for a server that is away for a while: a repeat under the same key is no second write.
      const headers = { authorization: `Bearer ${readKey(server.state) ?? ''}` }
      const client = openClient({ url: server.client.url, retries: 30, headers })
      const fields = branch === null || bound === null ? {} : { branch: bound, repository: branch.repository }
      const { session_id, tail } = await client.create(
        { name: 'tour', ...fields, metadata: { cwd: this.#folder } },
        { signal },
      )
      const remote = client.session(session_id)
      const lines = branch === null ? [] : await lastCommits(branch.top)
      const notes = lines.map((line) => ({ kind: 'note', data: { text: line, type: 'insight' } }))
      if (notes.length > 0) await remote.append(notes, { signal })
      const more = notes.length === 0 ? '' : `, with its last ${many(notes.length, 'commit')}`
      return { value: { client, remote }, text: `${text}${more}`, detail: tail }
    })
  }

  #count(client: Client, remote: RemoteSession): Promise<Counting> {
    return this.#step(2, `bash counts to ${count(most)} in it`, async () => {
      const counting = await Counting.start(client, remote, most, this.#signal)
      return { value: counting, detail: `pid ${counting.pid}` }
    })
  }

  async #kill(counting: Counting): Promise<void> {
    const { onWord, onProgress, press } = this.#settings
    onWord('bash is no child of the server: a process host has it, and what it prints')
    const tick = setInterval(() => onProgress(`   line ${count(counting.lines)} …`), 100)
    const pid = this.#server?.pid ?? 0
    try {
      await this.#step(3, `the server is killed (kill -9, pid ${pid})`, async () => {
        await counting.stored(leastStored)
        await press(pid, this.#signal)
        await this.#server?.kill()
        for (const folder of hostFolders(this.#server?.state ?? '')) await counting.goesOn(folder)
        return { value: undefined, detail: `at line ${count(counting.lines)}` }
      })
    } finally {
      clearInterval(tick)
    }
    onWord(`dead. bash is alive: pid ${counting.pid}, still counting`)
  }

  async #return(counting: Counting): Promise<void> {
    const begun = performance.now()
    const port = Number(new URL(this.#server?.client.url ?? '').port)
    await this.#step(4, 'server again', async () => {
      await this.#start(port)
      const after = lasting(performance.now() - begun)
      const seq = await counting.back
      return { value: undefined, text: `server again after ${after}`, detail: `reconnected at entry ${seq}` }
    })
    await this.#step(4, `lines 1 … ${count(most)}`, async () => {
      const tick = setInterval(() => this.#settings.onProgress(`   line ${count(counting.lines)} …`), 100)
      const { numbers, exit } = await counting.done.finally(() => clearInterval(tick))
      const told = faultsOf(numbers)
      if (told.faults > 0 || exit !== 0) throw new Error(`${told.text} · exit ${exit}`)
      return { value: undefined, detail: `in order, ${told.text} · same pid · exit ${exit}` }
    })
  }

  #fork(remote: RemoteSession): Promise<void> {
    return this.#step(5, 'fork', async () => {
      const signal = this.#signal
      const { seq } = await remote.get({ signal })
      const at = Math.min(12, seq)
      const begun = performance.now()
      const { tail } = await remote.fork({ at, signal })
      const took = performance.now() - begun
      return { value: undefined, text: `fork at entry ${at}, in ${took.toFixed(1)} ms, nothing copied`, detail: tail }
    })
  }

  #verify(): Promise<void> {
    return this.#step(6, 'daybook store verify', async () => {
      if ((await this.#server?.end()) !== 0) throw new Error('the server did not end well')
      const { openStore } = await this.#settings.parts()
      await using store = await openStore(this.#store)
      const report = await verifyStore(store, { signal: this.#signal })
      if (!report.healthy) throw new Error(`${sizeOf(report)}: ${many(report.findings.length, 'finding')}`)
      return { value: undefined, detail: `${sizeOf(report)}: log and heads agree` }
    })
  }

  async #start(port?: number): Promise<PrivateServer> {
    const { program, env } = this.#settings
    const where = { folder: this.#folder, store: this.#store, ...(port === undefined ? {} : { port }) }
    this.#server = await startPrivate({ program, env, ...where, signal: this.#signal })
    this.#state = this.#server.state
    return this.#server
  }

  /** A failure is told and ends the tour; an interruption is nobody's failure. */
  async #step<T>(
    step: number,
    text: string,
    work: () => Promise<{ value: T; text?: string; detail: string }>,
  ): Promise<T> {
    try {
      const { value, ...told } = await work()
      this.#tell({ step, ok: true, text, ...told })
      return value
    } catch (error) {
      this.#settings.signal.throwIfAborted()
      const why = this.#signal.aborted ? `not done within ${longest / 1000} s` : String((error as Error).message)
      this.#tell({ step, ok: false, text, detail: why })
      throw new Broken(text, { cause: error })
    }
  }

  #tell(step: TourStep): void {
    this.steps.push(step)
    this.#settings.onStep(step)
  }
}

/** Hash and subject of the newest commits, oldest first; none in a repository without any. */
async function lastCommits(folder: string): Promise<readonly string[]> {
  const asked = ['-C', folder, 'log', `-${commits}`, '--format=%h %s']
  const log = await promisify(execFile)('git', asked, { encoding: 'utf8' }).catch((error: { code?: unknown }) => {
    // What git ends with on a branch without a commit.
    if (error.code === 128) return { stdout: '' }
    throw error
  })
  return log.stdout.split('\n').filter(Boolean).reverse()
}

/** What is missing of the whole count, comes twice, or stands elsewhere. */
export function faultsOf(numbers: readonly number[]): { readonly faults: number; readonly text: string } {
  const missing = most - new Set(numbers).size
  const twice = numbers.length - new Set(numbers).size
  const moved = numbers.filter((number, at) => number !== at + 1).length
  const order = missing + twice === 0 && moved > 0 ? ` · ${moved} out of order` : ''
  return { faults: missing + twice + moved, text: `${missing} missing, ${twice} twice${order}` }
}
