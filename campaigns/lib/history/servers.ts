// Three servers on one store, each of which may be killed, ended or frozen while the others serve.

import { ServerProcess } from '../processes.ts'
import type { Random } from '../random.ts'

export class Servers {
  readonly #store: string
  readonly #env: Readonly<Record<string, string>>
  readonly #all: (ServerProcess | null)[]
  readonly #urls: (string | null)[]
  /** What a server said on its standard error, for reports. */
  readonly errors: string[] = []
  /** Servers that ended though nobody told them to. */
  readonly crashed: string[] = []

  constructor(store: string, env: Readonly<Record<string, string>>, count: number) {
    this.#store = store
    this.#env = env
    this.#all = Array.from({ length: count }, () => null)
    this.#urls = this.#all.map(() => null)
  }

  get count(): number {
    return this.#all.length
  }

  /** Those that answer, as far as this process knows. */
  get urls(): readonly string[] {
    return this.#urls.filter((url) => url !== null)
  }

  /** Starts those that do not run, one behind the other or all at once. */
  async start(together = true): Promise<void> {
    const missing = this.#all.flatMap((server, index) => (server ? [] : [index]))
    if (together) await Promise.all(missing.map((index) => this.#start(index)))
    else for (const index of missing) await this.#start(index)
  }

  async #start(index: number): Promise<void> {
    const server = new ServerProcess(this.#store, this.#env)
    this.#all[index] = server
    const url = await server.url
    if (url === null) throw new Error(`a server did not start: ${server.errors}`)
    this.#urls[index] = url
    void server.ended.then(({ code, signal }) => {
      if (this.#all[index] !== server) return
      this.crashed.push(`a server ended by itself with ${signal ?? code}: ${server.errors.slice(-2000)}`)
      this.#leave(index)
    })
  }

  async kill(index: number): Promise<void> {
    const server = this.#leave(index)
    await server?.kill()
    this.#keep(server)
  }

  /** In order: nobody is sent to it any more once it is told. */
  async end(index: number): Promise<void> {
    const server = this.#leave(index)
    if (!server) return
    const { code, signal } = await server.end()
    this.#keep(server)
    if (code !== 0) throw new Error(`a server that was told to end ended with ${signal ?? code}: ${server.errors}`)
  }

  freeze(index: number): void {
    this.#all[index]?.freeze()
  }

  wake(index: number): void {
    this.#all[index]?.wake()
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#all.map((_, index) => this.kill(index)))
  }

  any(random: Random): number {
    return random.between(0, this.count - 1)
  }

  #leave(index: number): ServerProcess | null {
    const server = this.#all[index] ?? null
    this.#all[index] = null
    this.#urls[index] = null
    return server
  }

  #keep(server: ServerProcess | null): void {
    if (server && server.errors !== '') this.errors.push(server.errors.slice(-2000))
  }
}
