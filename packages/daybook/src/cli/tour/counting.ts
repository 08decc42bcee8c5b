// A real bash that counts in a session: a prompt to it, followed through the public client while its server is killed.

import type { Client, EntryShape, RemoteSession } from '../../client/client.ts'
import { hostClient } from '../../program/host/client.ts'
import type { ProcessHost } from '../../program/host/contract.ts'
import { DaybookError } from '../../schema/errors.ts'

/** A pause after every fiftieth line: it counts for some twenty seconds, so that a kill meets it in the middle. */
const scriptTo = (to: number): string => `for ((i = 1; i <= ${to}; i++)); do echo "$i"; ((i % 50)) || sleep 0.05; done`
/** Milliseconds between two looks at a process that nobody tells of. */
const lookMs = 20

interface Data {
  readonly process_id?: string
  readonly pid?: number
  readonly stream?: 'out' | 'err'
  readonly text?: string
  readonly exit_code?: number
}

export interface Counted {
  readonly numbers: readonly number[]
  /** Null where a signal ended it, or nobody saw how. */
  readonly exit: number | null
}

/** Begins at once. */
export class Counting {
  /** The seq behind which the follower went on once the server was back. */
  readonly back: Promise<number>
  /** What was counted, once bash ended and all of it is stored. */
  readonly done: Promise<Counted>
  readonly #remote: RemoteSession
  readonly #signal: AbortSignal
  #text = ''
  #entries = 0
  #last = 0
  #started: { readonly id: string; readonly pid: number } | null = null
  #exit: number | null = null
  #told: () => void = () => undefined

  private constructor(remote: RemoteSession, signal: AbortSignal) {
    this.#remote = remote
    this.#signal = signal
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.back = promise
    this.back.catch(() => undefined)
    this.done = this.#follow(resolve)
    this.done.catch(reject)
  }

  /** Counts to `to`, one number a line; resolves when it has begun. */
  static async start(client: Client, remote: RemoteSession, to: number, signal: AbortSignal): Promise<Counting> {
    const { run_id } = await client.runs.start(remote.id, { agent: 'bash', input: scriptTo(to) })
    const counting = new Counting(remote, signal)
    await Promise.race([counting.#until(() => counting.#started !== null), counting.done])
    if (counting.#started) return counting
    const { error } = await client.runs.get(run_id, { signal })
    throw new DaybookError('invalid_state', error?.message ?? 'bash did not begin')
  }

  get pid(): number {
    return this.#started?.pid ?? 0
  }

  /** The newest number in the log. */
  get lines(): number {
    return Number(this.#text.trimEnd().split('\n').at(-1))
  }

  /** Resolves when so many entries of output are stored. */
  async stored(entries: number): Promise<void> {
    await Promise.race([this.#until(() => this.#entries >= entries), this.done])
  }

  /** Resolves when bash, which lives, has printed more, whether or not a server is there to hear it. */
  async goesOn(folder: string): Promise<void> {
    const host = hostClient({ folder })
    try {
      const before = await this.#printed(host)
      while ((await this.#printed(host)) === before) {
        this.#signal.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, lookMs))
      }
    } finally {
      await host.close()
    }
  }

  async #printed(host: ProcessHost): Promise<number> {
    const process = await host.get(`${this.#remote.id}/${this.#started?.id}`)
    if (process?.pid !== this.pid || process.exit !== null) throw new Error('bash has ended')
    return process.offset
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
  }

  async #follow(backAt: (seq: number) => void): Promise<Counted> {
    const signal = this.#signal
    for await (const entry of this.#remote.follow(0, { signal, onBack: () => backAt(this.#last) })) {
      this.#last = entry.seq
      this.#take(entry)
      this.#told()
      if (entry.kind === 'run.finished') break
    }
    signal.throwIfAborted()
    return { numbers: this.#text.split('\n').filter(Boolean).map(Number), exit: this.#exit }
  }

  #take({ kind, data }: EntryShape): void {
    const { process_id: id = '', pid = 0, stream, text = '', exit_code } = data as Data
    if (kind === 'process.started') {
      if (this.#started) throw new Error('a second bash was started')
      this.#started = { id, pid }
    } else if (kind === 'process.output' && stream === 'out') {
      this.#text += text
      this.#entries += 1
    } else if (kind === 'process.exited') this.#exit = exit_code ?? null
  }
}
