// What the next call would send, in the shape of the wire.

import type { Part } from '../../schema/parts.ts'
import type { ContextShape } from '../../schema/wire-context.ts'
import type { NextCall } from './ahead.ts'

export function contextShape(session: string, { agent, model, skills, context }: NextCall): ContextShape {
  const { seq, budget, tokens, covers, leftOut, parts, instructions, messages } = context
  return {
    ...{ session_id: session, agent, model, seq, budget, tokens, covers_seq: covers },
    left_out: leftOut && { ...leftOut },
    parts: parts.map((part) => ({ ...part })),
    instructions,
    skills: skills.map((skill) => ({ ...skill })),
    messages: messages.map(({ role, content, parts: own }) => ({
      role,
      content,
      ...(own === undefined ? {} : { parts: own as Part[] }),
    })),
  }
}
