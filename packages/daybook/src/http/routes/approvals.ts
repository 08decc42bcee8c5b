// Everything that waits for a person, over all sessions of the caller.

import { isDaybookError } from '../../schema/errors.ts'
import type { Attention, Head } from '../../schema/heads.ts'
import { moment } from '../../schema/wire.ts'
import { ApprovalsQuery } from '../../schema/wire-run-requests.ts'
import { AttentionList, type AttentionListShape } from '../../schema/wire-runs.ts'
import type { RunState, ScopedWork } from '../../work/contract.ts'
import { approvalOf, questionOf } from '../../work/wire.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'

type Item = AttentionListShape['items'][number]

const list = route(
  {
    method: 'GET',
    path: '/approvals',
    operation: 'listApprovals',
    tag: 'runs',
    summary: 'What waits for a person, over all sessions',
    details:
      'Open approvals, open questions, and runs that only an operator can bring on. limit counts sessions: a page may hold ' +
      'more items, or none while there is a cursor.',
    query: ApprovalsQuery,
    answers: { 200: { description: 'One page.', schema: AttentionList, example: examples.attention } },
  },
  async ({ mine, context, query }) => {
    const { cursor, limit = 50 } = query
    const page = await mine.list({ attention: true, limit, ...(cursor === undefined ? {} : { cursor }) })
    const items = await Promise.all(page.items.map((head) => itemsOf(context.work, head)))
    return { body: JSON.stringify({ items: items.flat(), cursor: page.cursor } satisfies AttentionListShape) }
  },
)

async function itemsOf(work: ScopedWork, head: Head): Promise<readonly Item[]> {
  const found: Item[] = []
  for (const attention of head.attention) {
    const { kind, run } = attention
    if (kind === 'failed') continue
    const state = run === undefined ? null : await stateOf(work, run)
    found.push({
      kind,
      session_id: head.session,
      run_id: run ?? null,
      ...(attention.id === undefined ? {} : { id: attention.id }),
      summary: attention.summary,
      since: moment(attention.since),
      ...(state ? askedOf(attention, state) : {}),
    })
  }
  return found
}

function askedOf({ kind, id }: Attention, { approvals, questions, steps }: RunState): Partial<Item> {
  if (kind === 'blocked') {
    const step = steps.find(({ status }) => status === 'unknown')
    return step ? { step_id: step.step } : {}
  }
  const approval = approvals.find((one) => one.id === id)
  if (approval) {
    const { digest, input, deciders, until } = approvalOf(approval)
    return { digest, deciders, until, ...(input === undefined ? {} : { input }) }
  }
  const question = questions.find((one) => one.id === id)
  return question ? { until: questionOf(question).until } : {}
}

/** Null when its session went meanwhile. */
async function stateOf(work: ScopedWork, run: string): Promise<RunState | null> {
  try {
    return await work.get(run)
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return null
    throw error
  }
}

export const approvalRoutes: readonly Route[] = [list]
