// One connection to a process host, from the side of the client: requests by number, and what is followed as it comes.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { DaybookError } from '../../schema/errors.ts'
import { Lines } from '../lines.ts'
import { type HostEvent, protocolVersion } from './contract.ts'
import { type Answer, type Failure, longestRequest, socketPath, unpackEvent } from './wire.ts'

/** That the connection broke says nothing of whether the request was performed. */
export class LineLost extends Error {
  override readonly name = 'LineLost'
}

interface Pending {
  resolve(result: unknown): void
  reject(error: unknown): void
}

function errorOf({ code, message, field, hint }: Failure): DaybookError {
  const details = { ...(field === undefined ? {} : { field }), ...(hint === undefined ? {} : { hint }) }
  return new DaybookError(code, message, details)
}

function requestText(id: number, op: string, fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ ...fields, id, op })}\n`
}

/** Null where nobody listens: no socket, one that its host left behind, or that of a host which ended in this moment. */
async function reach(folder: string): Promise<Socket | null> {
  const socket = connect(socketPath(folder))
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    socket.destroy()
    if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw new DaybookError('unreachable', 'the process host cannot be reached', { cause: error })
  }
}

export class Line {
  readonly #socket: Socket
  readonly #lines = new Lines(longestRequest)
  readonly #pending = new Map<number, Pending>()
  #last = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new LineLost('the connection ended'))
      this.#pending.clear()
    })
  }

  /** Null where nobody listens, `LineLost` where who does has not said hello after so many milliseconds. */
  static async open(folder: string, patience: number): Promise<Line | null> {
    const socket = await reach(folder)
    if (socket === null) return null
    const line = new Line(socket)
    const timer = setTimeout(() => line.close(), patience)
    await line.request('hello', { protocol: protocolVersion })
    clearTimeout(timer)
    return line
  }

  get open(): boolean {
    return !this.#socket.destroyed
  }

  #take(chunk: Buffer): void {
    for (const text of this.#lines.push(chunk)) {
      const { id, result, error } = JSON.parse(text) as Answer
      const pending = this.#pending.get(id ?? 0)
      this.#pending.delete(id ?? 0)
      if (error) pending?.reject(errorOf(error))
      else pending?.resolve(result)
    }
    if (this.#pending.size === 0) this.#socket.unref()
  }

  /** Rejects with what the host says, or with {@link LineLost}. While nobody waits it keeps no process alive. */
  request(op: string, fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.open) return reject(new LineLost('the connection ended'))
      this.#last += 1
      this.#pending.set(this.#last, { resolve, reject })
      this.#socket.ref()
      this.#socket.write(requestText(this.#last, op, fields))
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Events until the connection ends; null where nobody listens. What is not taken is not read either. */
export async function followLine(
  folder: string,
  fields: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<AsyncGenerator<HostEvent> | null> {
  const socket = await reach(folder)
  return socket === null ? null : eventsOf(socket, fields, signal)
}

async function* eventsOf(
  socket: Socket,
  fields: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<HostEvent> {
  const end = (): void => void socket.destroy()
  signal.addEventListener('abort', end, { once: true })
  const lines = new Lines(longestRequest)
  socket.write(requestText(1, 'hello', { protocol: protocolVersion }) + requestText(2, 'follow', fields))
  try {
    if (signal.aborted) return
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (const text of lines.push(chunk)) {
        const { error, event } = JSON.parse(text) as Answer
        if (error) throw errorOf(error)
        if (event) yield unpackEvent(event)
      }
    }
  } catch (error) {
    if (error instanceof DaybookError) throw error // of the host; another is the end of the connection
  } finally {
    signal.removeEventListener('abort', end)
    socket.destroy()
  }
}
