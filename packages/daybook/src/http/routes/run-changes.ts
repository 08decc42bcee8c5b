// What is done to a run that is there: cancelling, deciding, answering, resolving, undoing, and its place in the queue.

import type { Json } from '../../schema/json.ts'
import { Answering, Deciding, ExpectQuery, NoBody, Resolving, RunChanges } from '../../schema/wire-run-requests.ts'
import { RunReceipt, RunState } from '../../schema/wire-runs.ts'
import type { RunChange, WorkOptions } from '../../work/contract.ts'
import { receiptOf, runStateOf } from '../../work/wire.ts'
import type { Call } from '../call.ts'
import { type Answer, type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'

const errors = ['invalid_state', 'trashed', 'damaged', 'busy'] as const
/** Of what is said to a run: to one of a program it takes the key of the user. */
const reaching = [...errors, 'unauthenticated', 'forbidden'] as const
const afterwards = { 200: { description: 'The run afterwards.', schema: RunState, example: examples.run } }

function keyed({ key }: Call): WorkOptions {
  return key ? { key } : {}
}

async function answered(call: Call<{ run_id: string }>, { replayed }: RunChange): Promise<Answer> {
  return { body: JSON.stringify(runStateOf(await call.context.work.get(call.params.run_id))), replayed }
}

const cancel = route(
  {
    method: 'POST',
    path: '/runs/{run_id}/cancel',
    operation: 'cancelRun',
    tag: 'runs',
    summary: 'End a run at once',
    details: 'What it had produced is kept.',
    body: NoBody,
    bodyOptional: true,
    answers: afterwards,
    errors: reaching,
    writes: true,
  },
  async (call) => answered(call, await call.work.cancel(call.params.run_id, keyed(call))),
)

const undo = route(
  {
    method: 'POST',
    path: '/runs/{run_id}/undo',
    operation: 'undoRun',
    tag: 'runs',
    summary: 'Take back what a finished run did',
    details: 'Starts a run that does so; 409 where the skill knows no undo, or it is undone already.',
    body: NoBody,
    bodyOptional: true,
    answers: { 202: { description: 'The run that undoes it.', schema: RunReceipt, example: examples.receipt } },
    errors: [...errors, 'ref_taken'],
    writes: true,
  },
  async (call) => {
    const receipt = await call.context.work.undo(call.params.run_id, keyed(call))
    return { body: JSON.stringify(receiptOf(receipt)), replayed: receipt.replayed }
  },
)

const decide = route(
  {
    method: 'POST',
    path: '/runs/{run_id}/approvals/{approval_id}',
    operation: 'decideApproval',
    tag: 'runs',
    summary: 'Approve or deny what a run asks for',
    details: 'Exactly one decision counts, from whatever client. digest says what was seen: another one is `conflict`.',
    body: Deciding,
    example: { decision: 'approved', digest: examples.run.version },
    answers: afterwards,
    errors: [...reaching, 'conflict'],
    writes: true,
  },
  async (call) => {
    const { run_id, approval_id } = call.params
    const { decision, digest, comment } = call.body
    const decided = { decision, digest, ...(comment === undefined ? {} : { comment }) }
    return answered(call, await call.work.decide(run_id, approval_id, decided, keyed(call)))
  },
)

const answer = route(
  {
    method: 'POST',
    path: '/runs/{run_id}/questions/{question_id}',
    operation: 'answerQuestion',
    tag: 'runs',
    summary: 'Answer what a run asks',
    body: Answering,
    example: { answer: 'main' },
    answers: afterwards,
    errors: reaching,
    writes: true,
  },
  async (call) => {
    const { run_id, question_id } = call.params
    return answered(call, await call.work.answer(run_id, question_id, call.body.answer as Json, keyed(call)))
  },
)

const resolve = route(
  {
    method: 'POST',
    path: '/runs/{run_id}/resolve',
    operation: 'resolveStep',
    tag: 'runs',
    summary: 'Say what became of a step whose outcome nobody knows',
    body: Resolving,
    example: { step_id: 'stp_01KZ3M1YQ8F5V7W9X2B4C6D8EH', resolution: 'done', reason: 'The payment is in the books.' },
    answers: afterwards,
    errors: reaching,
    writes: true,
  },
  async (call) => {
    const { step_id, output, ...resolution } = call.body
    const resolved = { ...resolution, ...(output === undefined ? {} : { output: output as Json }) }
    return answered(call, await call.work.resolve(call.params.run_id, step_id, resolved, keyed(call)))
  },
)

const edit = route(
  {
    method: 'PATCH',
    path: '/runs/{run_id}',
    operation: 'changeQueuedRun',
    tag: 'runs',
    summary: 'Edit a queued run, or move it',
    details: 'With expect only if it is as it was seen: `conflict` tells the true seq. `invalid_state` once it began.',
    body: RunChanges,
    example: { input: 'what is 3 + 4?', before: null, expect: 9 },
    answers: afterwards,
    errors: [...reaching, 'conflict'],
    writes: true,
  },
  async (call) => {
    const { input, before, expect } = call.body
    const fields = {
      ...(input === undefined ? {} : { input: input as Json }),
      ...(before === undefined ? {} : { before }),
    }
    const options = { ...keyed(call), ...(expect === undefined ? {} : { expect }) }
    return answered(call, await call.work.change(call.params.run_id, fields, options))
  },
)

const withdraw = route(
  {
    method: 'DELETE',
    path: '/runs/{run_id}',
    operation: 'withdrawRun',
    tag: 'runs',
    summary: 'Take a run out of the queue',
    details: '`invalid_state` once it began: then it can be cancelled.',
    query: ExpectQuery,
    answers: afterwards,
    errors: [...reaching, 'conflict'],
    writes: true,
  },
  async (call) => {
    const { expect } = call.query
    const options = { ...keyed(call), ...(expect === undefined ? {} : { expect }) }
    return answered(call, await call.work.withdraw(call.params.run_id, options))
  },
)

export const runChangeRoutes: readonly Route[] = [cancel, undo, decide, answer, resolve, edit, withdraw]
