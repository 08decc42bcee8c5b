// One turn of an agent without tools in other libraries, through their own public calls and with their defaults, in memory.
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
