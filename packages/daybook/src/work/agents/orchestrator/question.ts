// The one small call in which a model says who takes a request, and what is made of its answer.

import type { Model, ModelAnswer, ModelRequest } from '../../../model/contract.ts'
import type { JsonObject } from '../../../schema/json.ts'
import type { Session } from '../../../session/contract.ts'
import type { AgentDefinition } from '../contract.ts'
import { type Candidate, idOf } from './candidates.ts'

/** Messages before the request that the call may see, and UTF-16 units of each and of the request. */
const shown = { messages: 6, each: 400, request: 4000 } as const
/** Tokens of the answer; models that think need room for that, too. */
export const answerTokens = 2048

export interface Chosen {
  readonly candidate: Candidate
  readonly reason: string
  readonly confidence: number
}

export async function questionFor(
  text: string,
  candidates: readonly Candidate[],
  session: Session,
  definition: Pick<AgentDefinition, 'instructions' | 'temperature' | 'reasoning'>,
): Promise<ModelRequest> {
  const { instructions, temperature, reasoning } = definition
  const before = await said(session, text)
  const content = [
    'Candidates:',
    ...candidates.map((one) => `- ${idOf(one)} — ${oneLine(one.description, 300)}`),
    '',
    ...(before.length === 0 ? [] : ['Said before, oldest first, shortened:', ...before, '']),
    'The request:',
    '===',
    cut(text, shown.request),
    '===',
  ].join('\n')
  return {
    instructions,
    messages: [{ role: 'user', content }],
    output: shapeOf(candidates),
    maxOutputTokens: answerTokens,
    ...(temperature === undefined ? undefined : { temperature }),
    ...(reasoning === undefined ? undefined : { reasoning }),
  }
}

/** Only what every provider takes in the shape of an answer. */
function shapeOf(candidates: readonly Candidate[]): JsonObject {
  return {
    type: 'object',
    properties: {
      agent: { type: 'string', enum: candidates.map(idOf), description: 'The candidate as listed.' },
      reason: { type: 'string', description: 'One sentence in the language of the request.' },
      confidence: { type: 'number', description: 'From 0 to 1.' },
    },
    required: ['agent', 'reason', 'confidence'],
    additionalProperties: false,
  }
}

async function said(session: Session, text: string): Promise<readonly string[]> {
  const { messages } = await session.view('history', { limit: shown.messages + 1 })
  const lines: string[] = []
  let last: { role: string; content: string } | null = null
  for await (const { role, content, agent } of messages) {
    last = { role, content }
    const who = agent === undefined ? role : `${role} (${agent})`
    if ((role === 'user' || role === 'assistant') && content !== '') {
      lines.push(`${who}: ${oneLine(content, shown.each)}`)
    }
  }
  // The request itself is a message already.
  return last?.role === 'user' && last.content === text ? lines.slice(0, -1) : lines
}

/** Null for an answer that names no candidate. */
export function chosenIn({ value }: Pick<ModelAnswer, 'value'>, candidates: readonly Candidate[]): Chosen | null {
  const { agent, reason, confidence } = (value ?? {}) as Readonly<Record<string, unknown>>
  const candidate = candidates.find((one) => idOf(one) === agent)
  if (!candidate || typeof confidence !== 'number' || Number.isNaN(confidence)) return null
  const why = typeof reason === 'string' && reason.trim() !== '' ? oneLine(reason, 1000) : 'no reason given'
  return { candidate, reason: why, confidence: Math.round(Math.min(Math.max(confidence, 0), 1) * 100) / 100 }
}

/** Of the question, for a budget. */
export function tokensOf({ instructions, messages }: ModelRequest, model: Pick<Model, 'estimate'>): number {
  return model.estimate(instructions) + messages.reduce((sum, { content }) => sum + model.estimate(content), 0)
}

function oneLine(text: string, most: number): string {
  return cut(text.replace(/\s+/gu, ' ').trim(), most)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
