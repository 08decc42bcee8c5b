// The models of the campaign: a real server that speaks every provider's interface, and has five skills called one by one.

import { type MockServer, mockKeys, startMock } from '../../../packages/daybook/src/model/mock.fixture.ts'
import { offeredName } from '../../../packages/daybook/src/work/agents/offering.ts'
import { lastWords, type Provider, providers, sessionIn, tools } from './where.ts'

/** Said by a person behind a turn, to see whether its history can be gone on with. */
export const nextWords = 'And now?'
export const nextAnswer = 'Now nothing more.'

type Answers = NonNullable<Parameters<typeof startMock>[0]>
type Asked = Parameters<NonNullable<Answers[number]['match']['predicate']>>[0]

function results({ messages }: Asked): number {
  return messages.filter(({ role }) => role === 'tool').length
}

function saysNext({ messages }: Asked): boolean {
  const last = messages.findLast(({ role }) => role === 'user')
  return JSON.stringify(last?.content ?? '').includes(nextWords)
}

/** Who takes the turn of a session of this provider is to be chosen. */
function asksWho({ messages }: Asked, provider: Provider): boolean {
  const text = JSON.stringify(messages.at(-1)?.content ?? '')
  return text.includes('Candidates:') && sessionIn(text).includes(`.${provider}.`)
}

/** Calls have the same ids in every turn and of every provider: nothing may lean on their being unlike. */
const answers: Answers = [
  ...providers.map((provider) => ({
    match: { predicate: (asked: Asked) => asksWho(asked, provider) },
    response: { content: JSON.stringify({ agent: `agent:${provider}`, reason: 'Its name says so.', confidence: 1 }) },
  })),
  { match: { predicate: saysNext }, response: { content: nextAnswer } },
  ...tools.map((tool, index) => ({
    match: { predicate: (asked: Asked) => results(asked) === index },
    response: {
      content: `I do the ${tool} thing.`,
      toolCalls: [{ id: `call_${index + 1}`, name: offeredName(tool), arguments: '{}' }],
      // What this server says by itself for Google is not what its package takes for the end of an answer with calls.
      finishReason: 'tool_calls',
    },
  })),
  { match: {}, response: { content: lastWords }, chunkSize: 6 },
]

export function startModels(): Promise<MockServer> {
  return startMock(answers)
}

export { mockKeys }
