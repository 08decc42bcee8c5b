// One turn of an agent without tools in other libraries, through their own public calls and with their defaults, in memory.
import { randomUUID } from 'node:crypto'
import { AIMessage, HumanMessage } from '@langchain/core/messages'
import { END, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph'
import { Agent as MastraAgent } from '@mastra/core/agent'
import { Agent, OpenAIChatCompletionsModel, Runner, setTracingDisabled } from '@openai/agents'
import OpenAI from 'openai'
import type { TurnPeer } from './peer.ts'

const instructions = 'You answer questions.'

export function openaiAgents(url: string): TurnPeer {
  setTracingDisabled(true)
  const client = new OpenAI({ baseURL: url, apiKey: 'a key of the bench' })
  const agent = new Agent({ name: 'ask', instructions, model: new OpenAIChatCompletionsModel(client, 'stub') })
  const runner = new Runner({ tracingDisabled: true })
  return {
    name: 'OpenAI Agents JS',
    async turn(text) {
      return String((await runner.run(agent, text)).finalOutput)
    },
  }
}

export function mastraAgent(url: string): TurnPeer {
  const model = { id: 'lab/stub', url, apiKey: 'a key of the bench' } as const
  const agent = new MastraAgent({ id: 'ask', name: 'ask', instructions, model })
  return {
    name: 'Mastra',
    async turn(text) {
      return (await agent.generate(text)).text
    },
  }
}

/** Its model is asked through the client of OpenAI alone: LangChain's own wrapper of it would only be dearer. */
export function langGraph(url: string): TurnPeer {
  const client = new OpenAI({ baseURL: url, apiKey: 'a key of the bench' })
  const ask = async ({ messages }: typeof MessagesAnnotation.State) => {
    const said = messages.map((message) => ({
      role: message instanceof HumanMessage ? ('user' as const) : ('assistant' as const),
      content: message.text,
    }))
    const answer = await client.chat.completions.create({
      model: 'stub',
      messages: [{ role: 'system', content: instructions }, ...said],
    })
    return { messages: [new AIMessage(answer.choices[0]?.message.content ?? '')] }
  }
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('ask', ask)
    .addEdge(START, 'ask')
    .addEdge('ask', END)
    .compile({ checkpointer: new MemorySaver() })
  return {
    name: 'LangGraph.js',
    async turn(text) {
      const thread = { configurable: { thread_id: randomUUID() } }
      const { messages } = await graph.invoke({ messages: [new HumanMessage(text)] }, thread)
      return messages.at(-1)?.text ?? ''
    },
  }
}
