// What the tests of contexts share: models of any size that are only measured with, and a context over a session.

import type { ModelFacts } from '../../../model/contract.ts'
import { roughTokens } from '../../../model/estimate.ts'
import type { NewEntry } from '../../../schema/entries.ts'
import type { Message, Part } from '../../../schema/parts.ts'
import type { Session } from '../../../session/contract.ts'
import type { Context, ContextSetting } from '../contract.ts'
import { buildContext } from './build.ts'

export function factsOf(contextTokens: number, more: Partial<ModelFacts> = {}): ModelFacts {
  return {
    name: 'mock/small',
    provider: 'mock',
    contextTokens,
    maxOutputTokens: Math.max(1, Math.floor(contextTokens / 8)),
    images: false,
    pdf: false,
    price: null,
    ...more,
  }
}

export const agent = { name: 'coder', instructions: 'You write code, and say what you did.' } as const

export function contextOf(
  session: Session,
  contextTokens: number,
  more: Partial<ContextSetting> = {},
): Promise<Context> {
  const model = { facts: factsOf(contextTokens), estimate: (text: string) => Math.ceil(roughTokens(text)) }
  return buildContext({ session, agent, model, ...more })
}

export function said(role: Message['role'], content: string, more: Partial<Message> = {}): NewEntry<'message'> {
  return { kind: 'message', data: { role, content, ...more } }
}

export function called(id: string, name = 'look', input: unknown = { at: id }): NewEntry<'message'> {
  const parts: Part[] = [{ type: 'call', call_id: id, name, input }]
  return said('assistant', '', { agent: agent.name, model: 'mock/small', parts })
}

export function gave(id: string, output: unknown): NewEntry<'message'> {
  return said('tool', '', { parts: [{ type: 'result', call_id: id, output }] })
}

/** Who speaks and what, one line a message: what a person would compare. */
export function linesOf({ messages }: Context): readonly string[] {
  return messages.map(({ role, content, parts = [] }) => {
    const shown = parts.flatMap((part) => {
      if (part.type === 'call') return [`${part.name}(${JSON.stringify(part.input)})#${part.call_id}`]
      if (part.type === 'result') return [`#${part.call_id}=${JSON.stringify(part.output)}${part.error ? '!' : ''}`]
      return part.type === 'text' ? [] : [`<${part.type}>`]
    })
    return [`${role}:`, content, ...shown].filter((each) => each !== '').join(' ')
  })
}
