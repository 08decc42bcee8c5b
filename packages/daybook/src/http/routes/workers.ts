// The agents of this server: which there are, and giving one of them something to do.

import type { Json } from '../../schema/json.ts'
import { AgentRun } from '../../schema/wire-run-requests.ts'
import { AgentList, RunState } from '../../schema/wire-runs.ts'
import { agentList } from '../../work/wire.ts'
import type { Call } from '../call.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'
import { checkSaid, runFields, type Started, sessionFor, start, startStream, waitAnswer } from '../runs.ts'
import { startAnswers, startErrors } from './runs.ts'

const list = route(
  {
    method: 'GET',
    path: '/agents',
    operation: 'listAgents',
    tag: 'runs',
    summary: 'Agents, teams and programs in one list, and why one cannot take a run',
    answers: { 200: { description: 'All of them.', schema: AgentList, example: examples.agentList } },
  },
  async ({ context }) => ({ body: JSON.stringify(agentList(context.agents)) }),
)

/** A session that the call opens begins with this agent. */
function startedOf(call: Call<{ agent_id: string }, unknown, AgentRun>): Started {
  const { session_id, user_id, ...rest } = call.body
  const agent = call.params.agent_id
  checkSaid(rest.input as Json, 'input')
  const opens = { agent, ...(user_id === undefined ? {} : { user: user_id }) }
  return { session: sessionFor(call, session_id), fields: runFields({ ...rest, agent }), opens }
}

const example = { input: 'what is 2 + 3?', user_id: 'anna' }

const run = route(
  {
    method: 'POST',
    path: '/agents/{agent_id}/run',
    operation: 'runAgent',
    tag: 'runs',
    summary: 'Give an agent something to do, and wait for it',
    details: 'In a new session unless one is named. 202 with the run as it is when the time is over.',
    body: AgentRun,
    example,
    answers: {
      200: { description: 'The run, which has ended or waits for somebody.', schema: RunState, example: examples.run },
      202: { description: 'The run as it is.', schema: RunState, example: { ...examples.run, status: 'running' } },
    },
    errors: startErrors,
    writes: true,
  },
  async (call) => waitAnswer(call, await start(call, startedOf(call)), call.body.wait_ms),
)

const stream = route(
  {
    method: 'POST',
    path: '/agents/{agent_id}/run/stream',
    operation: 'streamAgent',
    tag: 'runs',
    summary: 'Give an agent something to do, and follow it',
    body: AgentRun,
    example,
    answers: { 200: { description: 'The run as events.', media: startAnswers[200].media } },
    errors: startErrors,
    writes: true,
  },
  async (call) => startStream(call, startedOf(call)),
)

export const workerRoutes: readonly Route[] = [list, run, stream]
