// MemorySession of the OpenAI Agents SDK: a session in memory, for the comparison with our memory store.
import { MemorySession } from '@openai/agents'
import type { Message } from '../message.ts'
import { messages } from '../message.ts'
import type { Peer } from './peer.ts'

type Item = Parameters<MemorySession['addItems']>[0][number]

class OpenAiMemoryPeer implements Peer {
  readonly name = 'OpenAI MemorySession'
  readonly file = false
  readonly note = 'addItems once per message, getItems(50), nothing on a disk; filled by one addItems of the whole list'
  #session = new MemorySession()

  async open(): Promise<void> {
    this.#session = new MemorySession({ sessionId: 'one' })
  }

  async fill(n: number): Promise<void> {
    await this.#session.addItems(messages(n).map(item))
  }

  async append(message: Message): Promise<void> {
    await this.#session.addItems([item(message)])
  }

  async last50(): Promise<readonly string[]> {
    const items = await this.#session.getItems(50)
    return items.map((each) =>
      'content' in each && typeof each.content === 'string' ? each.content : JSON.stringify(each),
    )
  }

  // One object is one session; there is no list of them.
  readonly fillList = null
  readonly list50 = null

  async close(): Promise<void> {
    await this.#session.clearSession()
  }
}

// User items only: their content is plain text, the cheapest form to clone.
function item(message: Message): Item {
  return { role: 'user', content: message.content }
}

export function openaiMemory(): Peer {
  return new OpenAiMemoryPeer()
}
