// Attached to a process of a server: frames as they come, over lost connections, from the byte where the last one was cut.

import { type ErrorCode, isDaybookError } from '../schema/errors.ts'
import type { ProcessStateShape } from '../schema/wire-processes.ts'
import type { Transport } from './transport.ts'

export type AttachFrame =
  /** What draws the screen on an empty one; output goes on behind it. */
  | {
      readonly type: 'snapshot'
      readonly offset: number
      readonly cols: number
      readonly rows: number
      readonly ansi: string
      readonly title: string
      readonly cursor_hidden: boolean
    }
  | { readonly type: 'output'; readonly from: number; readonly to: number; readonly bytes: Uint8Array }
  /** After a lost connection output goes on where it was. */
  | { readonly type: 'resumed'; readonly offset: number }
  /** Something is left out; a snapshot follows. */
  | { readonly type: 'gap' }
  | { readonly type: 'resized'; readonly cols: number; readonly rows: number }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly detail: string }
  /** The server is away; it is asked again until it is back. */
  | { readonly type: 'lost' }
  /** The last frame: the process has ended. */
  | { readonly type: 'exit'; readonly exit_code: number | null; readonly signal: string | null }

export interface AttachOptions {
  /** The size of the screen that it is shown on. */
  readonly cols?: number
  readonly rows?: number
  readonly signal?: AbortSignal
}

/** Fails with the first error that waiting does not mend: `not_found`, `forbidden`, `invalid_state`, … */
export interface Attachment extends AsyncIterable<AttachFrame> {
  /** Keys as a keyboard sends them. What is typed while the server is away comes when it is back, up to 64 KB. */
  type(keys: Uint8Array): void
  resize(cols: number, rows: number): void
  /** Ends the frames; the process lives on. */
  close(): void
}

/** Bytes of frames that nobody took yet, above which the screen is asked for anew. */
const mostWaiting = 4 << 20
const mostTyped = 64 << 10
/** Milliseconds between two tries. */
const pauses = [50, 100, 200, 400, 1000] as const

type Size = { readonly cols: number; readonly rows: number }

export function attachTo(
  transport: Transport,
  path: string,
  headers: Readonly<Record<string, string>> | undefined,
  options: AttachOptions,
): Attachment {
  return new Attaching(transport, path, headers?.authorization?.replace(/^Bearer /, ''), options)
}

class Attaching implements Attachment {
  readonly #transport: Transport
  readonly #path: string
  readonly #key: string | undefined
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  #size: Size | null
  #socket: WebSocket | null = null
  /** Where output goes on; null: with a snapshot. */
  #at: number | null = null
  #frames: AttachFrame[] = []
  #waiting = 0
  #typed: Uint8Array[] = []
  #typedBytes = 0
  #wake: () => void = () => undefined

  constructor(transport: Transport, path: string, key: string | undefined, { cols, rows, signal }: AttachOptions) {
    this.#transport = transport
    this.#path = path
    this.#key = key
    this.#size = cols === undefined || rows === undefined ? null : { cols, rows }
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal
  }

  type(keys: Uint8Array): void {
    const socket = this.#socket
    if (socket?.readyState === 1) socket.send(new Uint8Array(keys))
    else if (this.#typedBytes + keys.length <= mostTyped) {
      this.#typed.push(keys)
      this.#typedBytes += keys.length
    }
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows }
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify({ type: 'resize', cols, rows }))
  }

  close(): void {
    this.#stop.abort()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AttachFrame> {
    let told = false
    for (let tried = 0; !this.#signal.aborted; tried += 1) {
      const state = await this.#state(tried > 0)
      if (state && !state.alive) return yield* this.#rest(state)
      if (state) {
        for await (const frame of this.#connection()) {
          told = false
          tried = 0
          yield frame
          if (frame.type === 'exit') return
        }
      }
      if (this.#signal.aborted) return
      if (!told) yield { type: 'lost' }
      told = true
      await this.#transport.wait(pauses[tried] ?? 1000, this.#signal).catch(() => undefined) // aborted: the loop ends
    }
  }

  /** Null while the server is away, once it was there. */
  async #state(again: boolean): Promise<ProcessStateShape | null> {
    try {
      return await this.#transport.json<ProcessStateShape>({ path: this.#path, signal: this.#signal })
    } catch (error) {
      if (this.#signal.aborted) return null
      if (again && isDaybookError(error) && error.row.retry === 'after') return null
      throw error
    }
  }

  /** It ended while the connection was away: what is kept of the rest, then its end. */
  async *#rest({ process }: ProcessStateShape): AsyncGenerator<AttachFrame> {
    while (this.#at !== null) {
      const query = { from: this.#at }
      const headers = { accept: 'application/octet-stream' }
      const answer = await this.#transport.send({ path: `${this.#path}/output`, query, headers, signal: this.#signal })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const to = Number(answer.headers.get('output-to'))
      if (bytes.length === 0 || answer.headers.get('output-source') !== 'host') break
      yield { type: 'output', from: this.#at, to, bytes }
      this.#at = to
    }
    yield { type: 'exit', exit_code: process.exit_code ?? null, signal: process.signal ?? null }
  }

  /** Until it is closed, by whomever. */
  async *#connection(): AsyncGenerator<AttachFrame> {
    const query = { ...this.#size, ...(this.#at === null ? {} : { from: this.#at }) }
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`)
    const url = `${this.#transport.url.replace(/^http/, 'ws')}${this.#path}/attach?${pairs.join('&')}`
    const socket = new WebSocket(url, ['daybook.attach', ...(this.#key === undefined ? [] : [`bearer.${this.#key}`])])
    socket.binaryType = 'arraybuffer'
    let open = true
    const closed = (): void => {
      open = false
      this.#wake()
    }
    const end = (): void => socket.close()
    socket.addEventListener('message', ({ data }) => this.#take(socket, data as string | ArrayBuffer))
    socket.addEventListener('close', closed)
    socket.addEventListener('error', closed)
    this.#signal.addEventListener('abort', end, { once: true })
    this.#socket = socket
    try {
      while (open || this.#frames.length > 0) {
        const frame = this.#frames.shift()
        if (this.#signal.aborted) return
        if (frame === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
        else {
          if (frame.type === 'output') this.#waiting -= frame.bytes.length
          yield frame
        }
      }
    } finally {
      this.#signal.removeEventListener('abort', end)
      this.#socket = null
      this.#frames = []
      this.#waiting = 0
      socket.close()
    }
  }

  #take(socket: WebSocket, data: string | ArrayBuffer): void {
    if (socket !== this.#socket) return
    const frame = typeof data === 'string' ? (JSON.parse(data) as AttachFrame) : outputOf(data)
    if (frame.type === 'output') {
      this.#waiting += frame.bytes.length
      this.#at = frame.to
    } else if (frame.type === 'snapshot' || frame.type === 'resumed') this.#begun(socket)
    this.#frames.push(frame)
    if (this.#waiting > mostWaiting) this.#skip(socket)
    this.#wake()
  }

  #begun(socket: WebSocket): void {
    for (const keys of this.#typed) socket.send(new Uint8Array(keys))
    this.#typed = []
    this.#typedBytes = 0
  }

  /** Whoever takes frames is far behind: it is shown the screen as it is instead. */
  #skip(socket: WebSocket): void {
    this.#frames = [{ type: 'gap' }]
    this.#waiting = 0
    this.#at = null
    socket.close()
  }
}

function outputOf(data: ArrayBuffer): Extract<AttachFrame, { type: 'output' }> {
  const view = new DataView(data)
  const [from, to] = [Number(view.getBigUint64(0)), Number(view.getBigUint64(8))]
  return { type: 'output', from, to, bytes: new Uint8Array(data, 16) }
}
