// A proxy in front of a Redis server that cuts connections: before an answer is passed on, so that only the server knows it.

import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

export class CuttingProxy {
  readonly url: string
  /** Answers that were swallowed, each together with its connection. */
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #muted = new Set<Socket>()
  #cut: ((request: string) => boolean) | null = null

  private constructor(url: string, target: string) {
    this.url = url
    this.#server = createServer((near) => this.#join(near, createConnection(target)))
  }

  /** Listens on a socket of its own in front of the server at the socket `target`. */
  static async to(target: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(`${target}.proxy`, target)
    proxy.#server.listen(proxy.url)
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** From now on the answer to a request that `wanted` picks is swallowed, and the connection with it. */
  swallow(wanted: ((request: string) => boolean) | null): void {
    this.#cut = wanted
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Lets the connections there are stay open and say nothing more. */
  mute(): void {
    for (const socket of this.#sockets) this.#muted.add(socket)
  }

  async close(): Promise<void> {
    this.cutAll()
    this.#server.close()
    await once(this.#server, 'close')
    rmSync(this.url, { force: true })
  }

  #join(near: Socket, far: Socket): void {
    let cutting = false
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (data) => {
      cutting ||= this.#cut?.(data.toString('latin1')) ?? false
      far.write(data)
    })
    far.on('data', (data) => {
      if (this.#muted.has(far)) return
      if (!cutting) {
        near.write(data)
        return
      }
      this.cuts += 1
      near.destroy()
    })
  }
}
