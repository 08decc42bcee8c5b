// Mastra's LibSQLStore: messages are rows of their own; one saveMessages call per message.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { LibSQLStore } from '@mastra/libsql'
import type { Message } from '../message.ts'
import { messages } from '../message.ts'
import type { Peer } from './peer.ts'
import { listedId } from './peer.ts'

type Memory = NonNullable<LibSQLStore['stores']['memory']>
type Saved = Parameters<Memory['saveMessages']>[0]['messages'][number]

class MastraPeer implements Peer {
  readonly name = 'Mastra LibSQLStore'
  readonly file = true
  readonly note =
    'saveMessages once per message, listMessages and listThreads by page, defaults of the package (WAL, synchronous=NORMAL asked for at open); filled by saveMessages with 1,000 messages a call and saveThread'
  #store: LibSQLStore | undefined
  #memory: Memory | undefined
  #at = 0

  async open(dir: string): Promise<void> {
    this.#store = new LibSQLStore({ id: 'bench', url: `file:${join(dir, 'mastra.db')}` })
    await this.#store.init()
    this.#memory = await this.#store.getStore('memory')
    this.#at = Date.now() - 200_000_000
    await this.#thread('one', 'nobody')
  }

  async #thread(id: string, resourceId: string): Promise<void> {
    const at = new Date(this.#at++)
    await this.#opened().saveThread({ thread: { id, resourceId, title: id, createdAt: at, updatedAt: at } })
  }

  #opened(): Memory {
    if (this.#memory === undefined) throw new Error('open it first')
    return this.#memory
  }

  // It orders by time alone, so each message gets a millisecond of its own.
  #saved(message: Message): Saved {
    const content = { format: 2 as const, parts: [{ type: 'text' as const, text: message.content }] }
    return {
      id: randomUUID(),
      role: message.role,
      createdAt: new Date(this.#at++),
      threadId: 'one',
      resourceId: 'nobody',
      type: 'text',
      content,
    }
  }

  async fill(n: number): Promise<void> {
    for (let from = 0; from < n; from += 1000) {
      const part = messages(Math.min(1000, n - from), from)
      await this.#opened().saveMessages({ messages: part.map((message) => this.#saved(message)) })
    }
  }

  async append(message: Message): Promise<void> {
    await this.#opened().saveMessages({ messages: [this.#saved(message)] })
  }

  async last50(): Promise<readonly string[]> {
    const page = await this.#opened().listMessages({
      threadId: 'one',
      perPage: 50,
      page: 0,
      orderBy: { field: 'createdAt', direction: 'DESC' },
    })
    return page.messages
      .toReversed()
      .map((message) => message.content.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''))
  }

  readonly fillList = async (n: number, owners: number): Promise<void> => {
    for (let i = 0; i < n; i++) await this.#thread(listedId(i, owners), `owner-${i % owners}`)
  }

  readonly list50 = async (): Promise<readonly string[]> => {
    const page = await this.#opened().listThreads({
      perPage: 50,
      page: 0,
      orderBy: { field: 'updatedAt', direction: 'DESC' },
      filter: { resourceId: 'owner-0' },
    })
    return page.threads.map((thread) => thread.id)
  }

  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = undefined
    this.#memory = undefined
  }
}

export function mastra(): Peer {
  return new MastraPeer()
}
