// Who works: the current agent, and handing over to another, also under the addresses of the sources' clients.

import { Handoff, HandoffTo } from '../../schema/wire-requests.ts'
import { Entry } from '../../schema/wire-shapes.ts'
import { CurrentAgent } from '../../schema/wire-views.ts'
import { agentsOf } from '../../session/views/wire.ts'
import * as examples from '../examples.ts'
import { type Route, route } from '../route.ts'
import { entryAnswer } from './shared.ts'

const stored = { 201: { description: 'The stored hand-off.', schema: Entry, example: examples.handoff } }

const handoff = route(
  {
    method: 'POST',
    path: '/sessions/{session_id}/handoff',
    operation: 'handOff',
    tag: 'sessions',
    summary: 'Hand the session over to another agent',
    body: Handoff,
    example: { to: 'coder', reason: 'User requested coding task' },
    answers: stored,
    errors: ['forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const { to, reason, expect } = call.body
    const session = call.session(call.params.session_id)
    return entryAnswer(session, await session.handoff(to, reason, call.write(expect)), 'handoff')
  },
)

const handoffTo = route(
  {
    method: 'POST',
    path: '/agents/{session_id}/switch',
    operation: 'switchAgent',
    tag: 'Compatibility',
    summary: 'Hand the session over, as the IDE client asks for it',
    body: HandoffTo,
    example: { target_agent: 'coder', reason: 'User requested coding task' },
    answers: stored,
    errors: ['forbidden'],
    writes: true,
    guarded: true,
  },
  async (call) => {
    const { target_agent, reason, expect } = call.body
    const session = call.session(call.params.session_id)
    return entryAnswer(session, await session.handoff(target_agent, reason, call.write(expect)), 'handoff')
  },
)

const current = route(
  {
    method: 'GET',
    path: '/agents/{session_id}/current',
    operation: 'getCurrentAgent',
    tag: 'Compatibility',
    summary: 'The current agent, as the IDE client asks for it',
    answers: { 200: { description: 'Who works now.', schema: CurrentAgent, example: examples.currentAgent } },
  },
  async (call) => {
    const { session, head } = await call.seen(call.params.session_id)
    const { session_id, current_agent, agent_history, switch_count } = agentsOf(
      session.id,
      await session.view('agents'),
    )
    return { body: JSON.stringify({ session_id, current_agent, agent_history, switch_count }), seq: head.seq }
  },
)

export const agentRoutes: readonly Route[] = [handoff, current, handoffTo]
