// What the next call of an agent would send to its model, and why.

import { ContextQuery, ContextView } from '../../schema/wire-context.ts'
import { aheadOf } from '../../work/agents/ahead.ts'
import { contextShape } from '../../work/agents/context-wire.ts'
import { type Route, route } from '../route.ts'

const example = {
  session_id: 'ses_01JQ4T7N6R3Q2W8X5C9V1B0M2K',
  agent: 'coder',
  model: 'anthropic/claude-sonnet-4-5',
  seq: 812,
  budget: 122880,
  tokens: 5230,
  covers_seq: 640,
  left_out: null,
  parts: [
    { kind: 'instructions', tokens: 410, why: 'instructions of the agent coder' },
    { kind: 'summary', tokens: 600, from: 1, to: 640, why: 'summary of entries 1 to 640, written as entry 645' },
    { kind: 'messages', tokens: 4220, from: 641, to: 812, why: 'all 57 messages since then' },
  ],
  instructions: 'You write code …',
  skills: [],
  messages: [{ role: 'user', content: 'Does it build?' }],
}

const context = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/context',
    operation: 'getContext',
    tag: 'views',
    summary: 'What the next call of an agent would send to its model, and why',
    details:
      'Made exactly as a turn makes it; nothing is written and no model is asked. Default: the current agent with its own ' +
      'model, now; until shows the moment at a seq.',
    query: ContextQuery,
    answers: { 200: { description: 'The context.', schema: ContextView, example } },
    errors: ['not_found', 'invalid_state'],
  },
  async (call) => {
    const { session } = await call.seen(call.params.session_id)
    const signal = new AbortController().signal
    const next = await aheadOf(call.context.ahead).next(session, { ...call.query, caller: {}, signal })
    return { body: JSON.stringify(contextShape(session.id, next)), seq: next.context.seq }
  },
)

export const contextRoutes: readonly Route[] = [context]
