// A network between a store and its server that a test can cut, at the worst moment too: after the server did as asked.

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class Network {
  readonly #server: Server
  #target: URL
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #armed: string | null = null
  /** Answers that were withheld. */
  cuts = 0
  refused = 0
  /** Whether new connections are let through. */
  open = true
  /** A setting that whoever connects may not bring, as poolers have it. */
  refuses: string | null = null

  private constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((client) => this.#join(client))
  }

  static async before(target: string): Promise<Network> {
    const proxy = new Network(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    const url = new URL(this.#target)
    url.port = String((this.#server.address() as AddressInfo).port)
    return url.href
  }

  /** From here on connections lead to another server; those that are there are cut. */
  lead(target: string): void {
    this.#target = new URL(target)
    this.cut()
  }

  /** The next statement that carries this text is executed, and its connection cut before the answer comes through. */
  arm(text: string): void {
    this.#armed = text
  }

  /** Cuts every connection now. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket): void {
    if (!this.open) {
      client.destroy()
      return
    }
    const server = connect(Number(this.#target.port), this.#target.hostname)
    const pair = [client, server] as const
    this.#pairs.add(pair)
    let doomed = false
    let begun = false
    client.on('data', (bytes) => {
      const starts = !begun
      begun = true
      if (starts && this.refuses !== null && bytes.toString('latin1').includes(this.refuses)) {
        this.refused += 1
        client.end(refusal)
        return
      }
      if (this.#armed !== null && bytes.toString('latin1').includes(this.#armed)) {
        this.#armed = null
        doomed = true
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      // Z ends the answer to a statement: by then it is committed.
      if (!doomed) client.write(bytes)
      else if (bytes.toString('latin1').includes(readyForQuery)) {
        this.cuts += 1
        client.destroy()
        server.destroy()
      }
    })
    const over = () => {
      this.#pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const socket of pair) socket.on('error', over).on('close', over)
  }
}

/** What a pooler says to an unknown setting at the start of a connection. */
const words = 'SFATAL\0C08P01\0Munsupported startup parameter\0\0'
const refusal = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 4 + words.length]), Buffer.from(words)])
const readyForQuery = 'Z\u0000\u0000\u0000\u0005I'
