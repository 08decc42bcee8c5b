// The load of the HTTP benches, in a process of its own: keep-alive connections that post a message, wait for its answer, and post again.
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { appenders } from './appenders.ts'
import { message } from './message.ts'
import { median } from './numbers.ts'

/** What the parent sends. Ends of `path` marked `{n}` get the number of the connection. */
export interface Load {
  readonly port: number
  /** Further servers, over which the connections are spread evenly. */
  readonly more?: readonly number[]
  readonly path: string
  readonly connections: number
  readonly requests: number
}

/** What the parent gets back. Times in milliseconds. */
export interface LoadResult {
  readonly elapsed: number
  readonly p50: number
  readonly p99: number
}

/** One connection with one request in flight; knows just enough of HTTP/1.1 to find the end of an answer. */
class Connection {
  readonly #socket: Socket
  #text = ''
  #waiting: { resolve(status: number): void; reject(error: Error): void } | undefined

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk: string) => this.#data(chunk))
    this.#socket.on('error', (error) => this.#waiting?.reject(error))
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
  }

  #data(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1]
    if (length === undefined) this.#waiting?.reject(new Error('an answer without a length'))
    if (this.#text.length < end + 4 + Number(length)) return
    const status = Number(this.#text.slice(9, 12))
    this.#text = ''
    this.#waiting?.resolve(status)
  }

  send(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  end(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }
}

function portOf({ port, more = [] }: Load, connection: number): number {
  const ports = [port, ...more]
  return ports[connection % ports.length] ?? port
}

function request(load: Load, connection: number, i: number): string {
  const body = JSON.stringify(message(i))
  const path = load.path.replace('{n}', String(connection))
  return `POST ${path} HTTP/1.1\r\nHost: localhost:${portOf(load, connection)}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function run(load: Load): Promise<LoadResult> {
  const connections = Array.from({ length: load.connections }, (_, i) => new Connection(portOf(load, i)))
  const taken: number[] = []
  const free = connections.map((_, i) => i)
  const start = performance.now()
  await appenders(load.connections, load.requests, async (i) => {
    const mine = free.pop() ?? 0
    const sent = performance.now()
    const status = await connections[mine]?.send(request(load, mine, i))
    if (status !== 201) throw new Error(`a post was answered with ${status}`)
    taken.push(performance.now() - sent)
    free.push(mine)
  })
  const elapsed = performance.now() - start
  for (const connection of connections) connection.end()
  taken.sort((a, b) => a - b)
  return { elapsed, p50: median(taken), p99: taken[Math.floor(taken.length * 0.99)] ?? Number.NaN }
}

if (process.send !== undefined) {
  process.once('disconnect', () => process.exit(0))
  process.on('message', (load: Load) => {
    run(load).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}
