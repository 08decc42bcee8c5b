// One client that looks at a process and types into it: a picture of the screen, then every byte behind it, as fast as the client takes them.

import type { WebSocket } from '@fastify/websocket'
import type { HostEvent } from '../../program/host/contract.ts'
import type { LiveProcesses } from '../../program/live.ts'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import { keptOutput } from '../process-output.ts'
import { Answers } from './answers.ts'
import { type Told, toldBy } from './frames.ts'
import { Sequences } from './sequences.ts'
import type { Seat, Size, Sizes } from './sizes.ts'

/** Bytes that may wait for a slow client: above it is shown the screen anew. */
const mostWaiting = 1 << 20
/** Bytes before a picture in which the beginning of an unfinished sequence is looked for. */
const tailBytes = 65_536
/** Milliseconds after which half an answer of a terminal was keys. */
const halfMs = 100
/** Milliseconds between two looks whether the client is there. */
const beatMs = 15_000
const far = 2 ** 52

export interface Watching {
  readonly processes: LiveProcesses
  /** At the host. */
  readonly name: string
  readonly sizes: Sizes
  readonly size: Size | null
  /** Where the client was; null: it has seen nothing. */
  readonly from: number | null
  /** It may type. */
  readonly types: boolean
  /** Told of keys before they are sent; they wait for it. */
  readonly typing: (keys: Buffer) => Promise<void>
  /** It is a page: what reaches beyond its screen is dropped. */
  readonly safe: boolean
  readonly onError: (error: unknown) => void
}

type Pause = { readonly behind: number } | 'over'

export class Watcher {
  readonly #socket: WebSocket
  readonly #watching: Watching
  readonly #answers = new Answers()
  readonly #seat: Seat
  readonly #gone = new AbortController()
  #filter: Sequences | null
  /** Input in the order in which it came. */
  #typing: Promise<void> = Promise.resolve()
  #sent: Promise<void> = Promise.resolve()
  #half: NodeJS.Timeout | null = null
  #answered = true

  constructor(socket: WebSocket, watching: Watching) {
    this.#socket = socket
    this.#watching = watching
    this.#filter = watching.safe ? new Sequences() : null
    this.#seat = { size: watching.size, resized: (size) => this.#tell({ type: 'resized', ...size }) }
    socket.on('message', (data: Buffer, binary: boolean) => this.#heard(data, binary))
    socket.on('pong', () => {
      this.#answered = true
    })
    socket.on('close', () => this.#gone.abort())
  }

  /** Until the client goes or the process ends. */
  async run(): Promise<void> {
    const { sizes, name, onError } = this.#watching
    const beat = setInterval(() => this.#beat(), beatMs)
    try {
      await sizes.join(name, this.#seat).catch(whenEnded)
      await this.#show()
    } catch (error) {
      if (!isDaybookError(error)) onError(error)
      const known = isDaybookError(error) ? error : new DaybookError('internal', 'something unexpected went wrong')
      this.#tell({ type: 'error', code: known.code, detail: known.message })
      this.#socket.close(1011, known.code)
    } finally {
      clearInterval(beat)
      if (this.#half) clearTimeout(this.#half)
      sizes.leave(name, this.#seat)
    }
  }

  #beat(): void {
    if (this.#answered) this.#socket.ping()
    else this.#socket.terminate()
    this.#answered = false
  }

  async #show(): Promise<void> {
    let at = await this.#resumed()
    while (!this.#gone.signal.aborted) {
      at ??= await this.#picture()
      const pause = await this.#follow(at)
      if (pause === 'over') return
      // Whoever is slow sees where things stand once it has room again; nobody waits for it.
      await Promise.race([this.#sent, left(this.#gone.signal)])
      at = null
      this.#tell({ type: 'gap', from: pause.behind })
    }
  }

  /** A page is shown the screen anew: what was filtered cannot be gone on with in the middle. */
  async #resumed(): Promise<number | null> {
    const { from, safe, processes, name } = this.#watching
    if (from === null || safe) return null
    const process = await processes.get(name)
    if (process === null || from > process.offset || from < process.kept) return null
    if (process.offset - from > mostWaiting) return null
    this.#tell({ type: 'resumed', offset: from })
    return from
  }

  /** Gives the offset from which the client goes on: that of the picture, or of what was unfinished there. */
  async #picture(): Promise<number> {
    const { processes, name, safe } = this.#watching
    const { offset, cols, rows, ansi, title, cursorHidden } = await processes.screen(name)
    if (safe) this.#filter = new Sequences()
    const drawn = safe ? new Sequences().take(Buffer.from(ansi)).toString() : ansi
    const shown = { cols, rows, ansi: drawn, title: safe ? '' : title, cursor_hidden: cursorHidden }
    this.#tell({ type: 'snapshot', offset, ...shown })
    return offset - (await this.#unfinished(offset))
  }

  async #unfinished(offset: number): Promise<number> {
    const from = Math.max(0, offset - tailBytes)
    if (from === offset) return 0
    const range = { stream: 'out', from, limit: offset - from } as const
    const tail = await keptOutput(this.#watching.processes, this.#watching.name, range, offset)
    if (tail === null || tail.to !== offset) return 0
    const sequences = new Sequences()
    sequences.take(tail.bytes)
    return sequences.open
  }

  async #follow(from: number): Promise<Pause> {
    const { processes, name } = this.#watching
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, this.#gone.signal])
    try {
      for await (const event of processes.follow(name, { out: from, err: far }, signal)) {
        const pause = this.#event(event)
        if (pause) return pause
      }
      return 'over'
    } finally {
      stop.abort()
    }
  }

  #event(event: HostEvent): Pause | null {
    if (event.type === 'exit') {
      this.#tell({ type: 'exit', exit_code: event.exit.code, signal: event.exit.signal })
      this.#socket.close(1000, 'exit')
      return 'over'
    }
    if (event.type === 'gap') return { behind: event.from }
    const to = event.offset + event.bytes.length
    const bytes = this.#filter ? this.#filter.take(event.bytes) : event.bytes
    this.#answers.shown(bytes)
    const frame = Buffer.allocUnsafe(16 + bytes.length)
    frame.writeBigUInt64BE(BigInt(event.offset), 0)
    frame.writeBigUInt64BE(BigInt(to), 8)
    frame.set(bytes, 16)
    this.#send(frame)
    return this.#socket.bufferedAmount > mostWaiting ? { behind: to } : null
  }

  #tell(told: Told): void {
    this.#send(JSON.stringify(told))
  }

  #send(data: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    // Called when it went out, or never will.
    this.#sent = new Promise((resolve) => this.#socket.send(data, () => resolve()))
  }

  #heard(data: Buffer, binary: boolean): void {
    try {
      const told = binary ? data : toldBy(data.toString())
      if (Buffer.isBuffer(told)) this.#keys(told)
      else this.#do(() => this.#watching.sizes.want(this.#watching.name, this.#seat, told))
    } catch (error) {
      this.#refuse(error)
    }
  }

  #keys(bytes: Buffer): void {
    if (!this.#watching.types) throw new DaybookError('forbidden', 'that takes the right to raw input')
    if (this.#half) clearTimeout(this.#half)
    this.#half = null
    this.#type(this.#answers.take(bytes))
    if (this.#answers.holds) this.#half = setTimeout(() => this.#type(this.#answers.flush()), halfMs)
  }

  #type(keys: Buffer): void {
    if (keys.length === 0) return
    const { processes, name, sizes, typing } = this.#watching
    this.#do(async () => {
      await sizes.typed(name, this.#seat)
      await typing(keys)
      await processes.write(name, keys)
    })
  }

  #do(what: () => Promise<void>): void {
    this.#typing = this.#typing.then(what).catch((error: unknown) => this.#refuse(error))
  }

  #refuse(error: unknown): void {
    if (isDaybookError(error)) this.#tell({ type: 'error', code: error.code, detail: error.message })
    else this.#watching.onError(error)
  }
}

function left(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Its end is told with its output. */
function whenEnded(error: unknown): void {
  if (!isDaybookError(error) || error.code !== 'invalid_state') throw error
}
