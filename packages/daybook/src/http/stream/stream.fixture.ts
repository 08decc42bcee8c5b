// A reader of event streams for tests, over a socket of its own: it can stop reading, and it can leave without a word.

import { connect, type Socket } from 'node:net'

export interface Event {
  readonly id?: string
  readonly name?: string
  readonly data?: string
  readonly comment?: string
}

export class Reader {
  readonly socket: Socket
  readonly events: Event[] = []
  #text = ''
  #head: string | undefined
  #waiting: { enough: () => boolean; resolve: () => void; reject: (error: Error) => void }[] = []
  closed = false

  constructor(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
    const { hostname, port } = new URL(url)
    const lines = Object.entries({ host: 'localhost', accept: 'text/event-stream', ...headers }).map((pair) =>
      pair.join(': '),
    )
    this.socket = connect(Number(port), hostname, () =>
      this.socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    )
    this.socket.setEncoding('utf8')
    this.socket.on('data', (text: string) => this.#take(text))
    this.socket.on('error', () => {}) // a reader that leaves in mid stream is told so by the other side
    this.socket.on('close', () => {
      this.closed = true
      this.#look()
    })
  }

  get head(): string {
    return this.#head ?? ''
  }

  /** Entries so far, by their ids. */
  get ids(): string[] {
    return this.events.flatMap((event) => (event.data !== undefined && event.id !== undefined ? event.id : []))
  }

  /** Resolves when the condition holds; rejects when the stream ends before. */
  until(enough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ enough, resolve, reject })
      this.#look()
    })
  }

  async ended(): Promise<void> {
    await this.until(() => this.closed)
  }

  leave(): void {
    this.socket.destroy()
  }

  #take(text: string): void {
    this.#text += text
    if (this.#head === undefined) {
      const end = this.#text.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#head = this.#text.slice(0, end)
      this.#text = this.#text.slice(end + 4)
    }
    const blocks = this.#text.split('\n\n')
    this.#text = blocks.pop() ?? ''
    for (const block of blocks) this.events.push(eventOf(block))
    this.#look()
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ enough, resolve, reject }) => {
      if (enough()) resolve()
      else if (this.closed) reject(new Error(`the stream ended: ${this.head} ${JSON.stringify(this.events.slice(-3))}`))
      else return true
      return false
    })
  }
}

function eventOf(block: string): Event {
  const event: { id?: string; name?: string; data?: string; comment?: string } = {}
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).trimStart()
    const field = line.slice(0, colon)
    if (field === '') event.comment = value
    if (field === 'id') event.id = value
    if (field === 'event') event.name = value
    if (field === 'data') event.data = value
  }
  return event
}
