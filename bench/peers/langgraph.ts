// LangGraph's SqliteSaver: one checkpoint per message, each holding the whole list of messages as a graph's state does.
import { join } from 'node:path'
import { AIMessage, HumanMessage } from '@langchain/core/messages'
import { uuid6 } from '@langchain/langgraph-checkpoint'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import type { Message } from '../message.ts'
import { messages } from '../message.ts'
import type { Peer } from './peer.ts'

type Config = { configurable: { thread_id: string; checkpoint_ns: string; checkpoint_id?: string } }

/** What the messages channel holds: message classes, as graphs keep them, or plain objects, the least that could be. */
export type Form = 'classes' | 'objects'
type Kept = Message | AIMessage | HumanMessage

const channels = { messages: 1 }

class LangGraphPeer implements Peer {
  readonly name: string
  readonly file = true
  readonly note: string
  readonly #form: Form
  #saver: SqliteSaver | undefined
  #config: Config = { configurable: { thread_id: 'one', checkpoint_ns: '' } }
  #messages: Kept[] = []

  constructor(form: Form) {
    this.#form = form
    this.name = form === 'classes' ? 'LangGraph SqliteSaver' : 'LangGraph SqliteSaver, plain objects'
    const kept =
      form === 'classes'
        ? 'HumanMessage and AIMessage, as graphs keep them'
        : 'plain objects, the cheapest form to serialise'
    this.note = `put once per message with the messages channel at its length; messages are ${kept}; defaults of the package (WAL, synchronous as the driver sets it); a graph would also write its pending writes; filled by one put of the whole list`
  }

  #kept(message: Message): Kept {
    if (this.#form === 'objects') return message
    return message.role === 'user' ? new HumanMessage(message.content) : new AIMessage(message.content)
  }

  async open(dir: string): Promise<void> {
    this.#saver = SqliteSaver.fromConnString(join(dir, 'langgraph.db'))
    this.#config = { configurable: { thread_id: 'one', checkpoint_ns: '' } }
    this.#messages = []
  }

  async fill(n: number): Promise<void> {
    this.#messages = messages(n).map((message) => this.#kept(message))
    await this.#put()
  }

  async append(message: Message): Promise<void> {
    this.#messages.push(this.#kept(message))
    await this.#put()
  }

  async #put(): Promise<void> {
    this.#config = await this.#save(this.#config, this.#messages)
  }

  async #save(config: Config, state: readonly Kept[]): Promise<Config> {
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
    const state = tuple?.checkpoint.channel_values.messages as Kept[] | undefined
    return (state ?? []).slice(-50).map((message) => String(message.content))
  }

  // It lists checkpoints, not threads, and knows no owner.
  readonly fillList = null
  readonly list50 = null

  async close(): Promise<void> {
    this.#saver?.db.close()
    this.#saver = undefined
  }
}

export function langgraph(form: Form): Peer {
  return new LangGraphPeer(form)
}
