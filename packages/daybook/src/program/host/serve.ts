// The host's side of the wire: answers requests of any number of connections, and never ends one over what it was asked.

import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import { Lines } from '../lines.ts'
import type { SignalTarget, SpawnRequest } from './contract.ts'
import { protocolVersion } from './contract.ts'
import type { Processes } from './processes.ts'
import { type Answer, type Failure, longestRequest, packEvent, type Request } from './wire.ts'

type Operation = (processes: Processes, request: Request) => unknown

function offsetsOf(value: unknown): { out: number; err: number } {
  const { out, err } = (value ?? {}) as { out?: unknown; err?: unknown }
  const good = (offset: unknown): boolean => Number.isSafeInteger(offset) && Number(offset) >= 0
  if (!good(out) || !good(err)) throw new DaybookError('invalid', 'offsets are whole numbers', { field: 'from' })
  return { out: Number(out), err: Number(err) }
}

const keyOf = ({ key }: Request): string => String(key)
const namesOf = ({ names }: Request): string[] => (Array.isArray(names) ? names.map(String) : [])
const bytesOf = ({ bytes }: Request): Buffer => Buffer.from(String(bytes), 'base64')

/** Only ever added to: an older host answers what it does not know with an error. */
const operations: Readonly<Record<string, Operation>> = {
  hello: () => ({ protocol: protocolVersion, pid: process.pid }),
  spawn: (processes, { request }) => processes.spawn(request as SpawnRequest),
  list: (processes) => processes.list(),
  get: (processes, request) => processes.get(keyOf(request)),
  write: (processes, request) => processes.write(keyOf(request), bytesOf(request)),
  writeOnce: (processes, request) => processes.write(keyOf(request), bytesOf(request), String(request.name)),
  sent: (processes, request) => processes.sent(keyOf(request), namesOf(request)),
  closeInput: (processes, request) => processes.closeInput(keyOf(request)),
  resize: (processes, request) => processes.resize(keyOf(request), Number(request.cols), Number(request.rows)),
  signal: (processes, request) =>
    processes.signal(keyOf(request), request.signal as NodeJS.Signals, request.target as SignalTarget),
  screen: (processes, request) => processes.screen(keyOf(request)),
  look: (processes, request) => processes.look(keyOf(request), { reads: request.reads === true }),
  acknowledge: (processes, request) => processes.acknowledge(keyOf(request), offsetsOf(request.offsets)),
  forget: (processes, request) => processes.forget(keyOf(request)),
}

function failureOf(error: unknown): Failure {
  const known = isDaybookError(error) ? error : new DaybookError('internal', String(error), { cause: error })
  if (known.code === 'internal') console.error(error)
  const { code, message, field, hint } = known
  return { code, message, field, hint }
}

class Connection {
  readonly #socket: Socket
  readonly #processes: Processes
  readonly #gone = new AbortController()
  readonly #lines = new Lines(longestRequest)

  constructor(socket: Socket, processes: Processes) {
    this.#socket = socket
    this.#processes = processes
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#gone.abort())
  }

  #take(chunk: Buffer): void {
    try {
      for (const line of this.#lines.push(chunk)) void this.#answer(line)
    } catch (error) {
      this.#send({ id: null, error: failureOf(error) })
      this.#socket.destroySoon()
    }
  }

  /** True when the other side keeps up. */
  #send(answer: Answer): boolean {
    return this.#socket.writable ? this.#socket.write(`${JSON.stringify(answer)}\n`) : true
  }

  async #answer(line: string): Promise<void> {
    let id: number | null = null
    try {
      const request = requestOf(line)
      id = request.id
      if (request.op === 'follow') await this.#follow(request)
      else this.#send({ id, result: (await operationOf(request)(this.#processes, request)) ?? null })
    } catch (error) {
      this.#send({ id, error: failureOf(error) })
    }
  }

  async #follow(request: Request): Promise<void> {
    const signal = this.#gone.signal
    for await (const event of this.#processes.follow(keyOf(request), offsetsOf(request.from), signal)) {
      if (!this.#send({ id: request.id, event: packEvent(event) })) {
        await once(this.#socket, 'drain', { signal }).catch(() => undefined) // the loop ends with the signal
      }
    }
  }
}

function requestOf(line: string): Request {
  try {
    const request = JSON.parse(line) as Request | null
    if (typeof request === 'object' && request !== null && Number.isSafeInteger(request.id)) return request
  } catch (error) {
    throw new DaybookError('invalid', 'a line is not JSON', { cause: error })
  }
  throw new DaybookError('invalid', 'a request has a number', { field: 'id' })
}

function operationOf({ op }: Request): Operation {
  const operation = Object.hasOwn(operations, op) ? operations[op] : undefined
  if (operation === undefined) throw new DaybookError('invalid', 'this host does not know that', { field: 'op' })
  return operation
}

/** Listens at the path, which the caller's lock makes its own, and says when nobody is connected any more. */
export async function listen(path: string, processes: Processes, onLeft: () => void): Promise<Server> {
  let connected = 0
  const server = createServer((socket) => {
    connected += 1
    new Connection(socket, processes)
    socket.on('close', () => {
      connected -= 1
      if (connected === 0) onLeft()
    })
  })
  rmSync(path, { force: true })
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o600)
  return server
}
