// LangGraph's SqliteSaver: one checkpoint per message, each holding the whole list of messages as a graph's state does.
import { join } from 'node:path'
import { uuid6 } from '@langchain/langgraph-checkpoint'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import type { Message } from '../message.ts'
import { messages } from '../message.ts'
import type { Peer } from './peer.ts'

type Config = { configurable: { thread_id: string; checkpoint_ns: string; checkpoint_id?: string } }

const channels = { messages: 1 }

class LangGraphPeer implements Peer {
  readonly name = 'LangGraph SqliteSaver'
  readonly file = true
  readonly note =
    'put once per message with the messages channel at its length, defaults of the package (WAL, synchronous as the driver sets it); messages are plain objects, cheaper to serialise than message classes; a graph would also write its pending writes; filled by one put of the whole list'
  #saver: SqliteSaver | undefined
  #config: Config = { configurable: { thread_id: 'one', checkpoint_ns: '' } }
  #messages: Message[] = []

  async open(dir: string): Promise<void> {
    this.#saver = SqliteSaver.fromConnString(join(dir, 'langgraph.db'))
    this.#config = { configurable: { thread_id: 'one', checkpoint_ns: '' } }
    this.#messages = []
  }

  async fill(n: number): Promise<void> {
    this.#messages = messages(n)
    await this.#put()
  }

  async append(message: Message): Promise<void> {
    this.#messages.push(message)
    await this.#put()
  }

  async #put(): Promise<void> {
    this.#config = await this.#save(this.#config, this.#messages)
  }

  async #save(config: Config, state: readonly Message[]): Promise<Config> {
    const version = { messages: state.length }
    const checkpoint = {
      v: 4,
      id: uuid6(state.length),
      ts: new Date().toISOString(),
      channel_values: { messages: state },
      channel_versions: version,
      versions_seen: { agent: channels },
    }
    const next = await this.#opened().put(config, checkpoint, { source: 'loop', step: state.length, parents: {} })
    return next as Config
  }

  #opened(): SqliteSaver {
    if (this.#saver === undefined) throw new Error('open it first')
    return this.#saver
  }

  async last50(): Promise<readonly string[]> {
    const tuple = await this.#opened().getTuple({ configurable: { thread_id: 'one', checkpoint_ns: '' } })
    const state = tuple?.checkpoint.channel_values.messages as Message[] | undefined
    return (state ?? []).slice(-50).map((message) => message.content)
  }

  // It lists checkpoints, not threads, and knows no owner.
  readonly fillList = null
  readonly list50 = null

  async close(): Promise<void> {
    this.#saver?.db.close()
    this.#saver = undefined
  }
}

export function langgraph(): Peer {
  return new LangGraphPeer()
}
