// The process host as a server sees it: starts one where none serves the folder, and finds the next one when it is gone.

import { setTimeout as delay } from 'node:timers/promises'
import { DaybookError } from '../../schema/errors.ts'
import type {
  HostEvent,
  HostProcess,
  Look,
  OutputStream,
  ProcessHost,
  Screen,
  SignalTarget,
  SpawnRequest,
} from './contract.ts'
import { followLine, Line, LineLost } from './line.ts'

export interface HostClientOptions {
  /** The state folder: socket, lock and spools. Absolute; made where it is missing, with mode 0700. */
  readonly folder: string
  /** Milliseconds after which a host without processes and clients ends; default 60,000. */
  readonly idleAfter?: number
  /** Milliseconds to wait for a host to answer before `unreachable`; default 10,000. */
  readonly patience?: number
}

/** What may be asked twice when the answer was lost: the second time changes nothing. */
const repeatable = new Set([
  'spawn',
  'list',
  'get',
  'writeOnce',
  'sent',
  'resize',
  'screen',
  'look',
  'acknowledge',
  'forget',
])
/** Milliseconds between two tries to reach a host that was started. */
const pause = 20

class HostClient implements ProcessHost {
  readonly survivesRestart = true
  readonly #folder: string
  readonly #idleAfter: number
  readonly #patience: number
  #line: Line | null = null
  #opening: Promise<Line> | null = null
  #closed = false

  constructor({ folder, idleAfter = 60_000, patience = 10_000 }: HostClientOptions) {
    this.#folder = folder
    this.#idleAfter = idleAfter
    this.#patience = patience
  }

  /** The first success of `attempt`; where nobody listens, hosts are started: of several one serves, the others end. */
  async #reach<T>(attempt: () => Promise<T | null>): Promise<T> {
    const until = performance.now() + this.#patience
    for (let launched = Number.NEGATIVE_INFINITY; ; ) {
      if (this.#closed) throw new DaybookError('invalid_state', 'the client is closed')
      const reached = await attempt()
      if (reached !== null) return reached
      const now = performance.now()
      if (now >= until) throw new DaybookError('unreachable', 'the process host does not answer')
      if (now - launched > 2_000) {
        const { launchHost } = await import('./launch.ts')
        launchHost(this.#folder, this.#idleAfter)
        launched = now
      }
      await delay(pause)
    }
  }

  #opened(): Promise<Line> {
    if (this.#line?.open) return Promise.resolve(this.#line)
    this.#opening ??= this.#reach(() => Line.open(this.#folder, this.#patience).catch(lostAsNull))
      .then((line) => {
        this.#line = line
        return line
      })
      .finally(() => {
        this.#opening = null
      })
    return this.#opening
  }

  async #ask(op: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      const line = await this.#opened()
      try {
        return await line.request(op, fields)
      } catch (error) {
        if (!(error instanceof LineLost)) throw error
        if (tries >= 3 || !repeatable.has(op))
          throw new DaybookError('unreachable', 'the process host went away before it answered', { cause: error })
      }
    }
  }

  spawn(request: SpawnRequest): Promise<HostProcess> {
    return this.#ask('spawn', { request }) as Promise<HostProcess>
  }

  list(): Promise<readonly HostProcess[]> {
    return this.#ask('list', {}) as Promise<readonly HostProcess[]>
  }

  get(key: string): Promise<HostProcess | null> {
    return this.#ask('get', { key }) as Promise<HostProcess | null>
  }

  async *follow(
    key: string,
    from: { readonly out: number; readonly err: number },
    signal: AbortSignal,
  ): AsyncGenerator<HostEvent> {
    const at: Record<OutputStream, number> = { out: from.out, err: from.err }
    while (!signal.aborted) {
      const events = await this.#reach(() => followLine(this.#folder, { key, from: at }, signal))
      for await (const event of events) {
        if (event.type === 'output') at[event.stream] = event.offset + event.bytes.length
        else if (event.type === 'gap') at[event.stream] = event.to
        yield event
        if (event.type === 'exit') return
      }
    }
  }

  async write(key: string, bytes: Uint8Array | string, name?: string): Promise<number | null> {
    const fields = { key, bytes: Buffer.from(bytes as Uint8Array).toString('base64') }
    const asked = name === undefined ? this.#ask('write', fields) : this.#ask('writeOnce', { ...fields, name })
    return (await asked) as number | null
  }

  sent(key: string, names: readonly string[]): Promise<readonly (number | null)[]> {
    return this.#ask('sent', { key, names }) as Promise<readonly (number | null)[]>
  }

  async closeInput(key: string): Promise<void> {
    await this.#ask('closeInput', { key })
  }

  async resize(key: string, cols: number, rows: number): Promise<void> {
    await this.#ask('resize', { key, cols, rows })
  }

  async signal(key: string, signal: NodeJS.Signals, target: SignalTarget): Promise<void> {
    await this.#ask('signal', { key, signal, target })
  }

  screen(key: string): Promise<Screen> {
    return this.#ask('screen', { key }) as Promise<Screen>
  }

  look(key: string, asks = { reads: false }): Promise<Look> {
    return this.#ask('look', { key, ...asks }) as Promise<Look>
  }

  async acknowledge(key: string, offsets: { readonly out: number; readonly err: number }): Promise<void> {
    await this.#ask('acknowledge', { key, offsets })
  }

  async forget(key: string): Promise<void> {
    await this.#ask('forget', { key })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#opening?.catch(() => null)
    this.#line?.close()
  }
}

/** A host that went between connecting and its first answer is one that does not listen. */
function lostAsNull(error: unknown): null {
  if (error instanceof LineLost) return null
  throw error
}

/** Nothing is started before the first call. Processes outlive this client, its process and, of mode `files`, the host. */
export function hostClient(options: HostClientOptions): ProcessHost {
  return new HostClient(options)
}
