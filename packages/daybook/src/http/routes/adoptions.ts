// Copying in what other agents left on this machine, for its owner: asked for once, followed while it goes.

import { randomUUID } from 'node:crypto'
import { DaybookError } from '../../schema/errors.ts'
import { moment, momentOrNull } from '../../schema/wire.ts'
import { Adoption, type AdoptionShape, NewAdoption } from '../../schema/wire-adoptions.ts'
import type { AdoptionState, Adoptions } from '../../transcripts/adoptions.ts'
import type { Call } from '../call.ts'
import { type Route, route } from '../route.ts'

const mostProblems = 50

const example: AdoptionShape = {
  adoption_id: 'ado_01JV0000000000000000000000',
  agents: ['codex', 'gemini'],
  follow: true,
  status: 'running',
  started_at: '2026-03-02T10:12:00.000Z',
  ended_at: null,
  files: 557,
  files_done: 212,
  bytes: 1_913_004_112,
  bytes_done: 704_113_920,
  report: null,
  error: null,
}

/** Only the owner of this machine decides what of it is read, and sees what was. */
function adoptionsOf(call: Call<never>): Adoptions {
  const { adoptions } = call.context
  if (adoptions === null) throw new DaybookError('invalid_state', 'this server reads the home of nobody')
  call.mustBeOwner()
  return adoptions
}

function shapeOf(state: AdoptionState): AdoptionShape {
  const { id, agents, follow, status, startedAt, endedAt, progress, report, error } = state
  return {
    adoption_id: id,
    agents: [...agents],
    follow,
    status,
    started_at: moment(startedAt),
    ended_at: momentOrNull(endedAt),
    files: progress.files,
    files_done: progress.filesDone,
    bytes: progress.bytes,
    bytes_done: progress.bytesDone,
    report: report === null ? null : reportOf(report),
    error: error === null ? null : { code: error.code, message: error.message },
  }
}

function reportOf(report: NonNullable<AdoptionState['report']>): NonNullable<AdoptionShape['report']> {
  const { added, grown, unchanged, messages, calls, edits, foreign, masked, problems } = report
  return {
    ...{ bytes_read: report.bytesRead, added, grown, unchanged, messages, calls, edits, foreign },
    repositories: report.repositories.length,
    branches: report.branches.length,
    masked: masked.map(({ shape, count }) => ({ shape, count })),
    partial: report.partial.length,
    left_alone: report.leftAlone.length,
    problems: problems.slice(0, mostProblems).map((one) => ({ ...one })),
    problem_count: problems.length,
  }
}

const ask = route(
  {
    method: 'POST',
    path: '/adoptions',
    operation: 'adopt',
    tag: 'server',
    summary: 'Copy in the sessions that other agents left on this machine',
    details:
      'Reads their files as whoever runs the server, so it takes the key of the user. What there is says GET /status without ' +
      'opening a file. Asked for again under the same key it is the same adoption; where the server began anew meanwhile, or ' +
      'where it failed, it goes on behind what is here. `busy` while another one goes on.',
    body: NewAdoption,
    example: { agents: ['codex', 'gemini'], follow: true },
    answers: { 202: { description: 'As it stands.', schema: Adoption, example } },
    errors: ['invalid_state', 'busy', 'unauthenticated'],
    writes: true,
  },
  async (call) => {
    const adoptions = adoptionsOf(call as Call<never>)
    const { agents, follow = false } = call.body
    const { id, digest } = call.key ?? { id: randomUUID(), digest: '' }
    const state = adoptions.ask({ id: call.derivedId('ado') ?? id, digest, follow, ...(agents ? { agents } : {}) })
    return { body: JSON.stringify(shapeOf(state)) }
  },
)

const get = route(
  {
    method: 'GET',
    path: '/adoptions/{adoption_id}',
    operation: 'getAdoption',
    tag: 'server',
    summary: 'How an adoption stands',
    details: 'Known as long as the server lives. Takes the key of the user.',
    answers: { 200: { description: 'As it stands.', schema: Adoption, example } },
    errors: ['invalid_state', 'unauthenticated', 'forbidden'],
  },
  async (call) => ({
    body: JSON.stringify(shapeOf(adoptionsOf(call as Call<never>).get(call.params.adoption_id))),
  }),
)

export const adoptionRoutes: readonly Route[] = [ask, get]
