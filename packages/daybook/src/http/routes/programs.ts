// The programs of this machine: which there are, and how each says that it is used.

import { DaybookError } from '../../schema/errors.ts'
import { ProgramHelp, ProgramList } from '../../schema/wire-runs.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'

const list = route(
  {
    method: 'GET',
    path: '/programs',
    operation: 'listPrograms',
    tag: 'runs',
    summary: 'The programs of this machine that prompts can go to',
    details: 'Each is an agent as well: a run whose agent it is gives it a prompt.',
    answers: { 200: { description: 'Those that are there.', schema: ProgramList, example: examples.programList } },
  },
  async ({ context }) => {
    const programs = (context.programs?.live.list() ?? []).map(({ name, description, driver, timeoutMs, idleMs }) => {
      return { name, description, driver: driver.name, prompt_timeout_ms: timeoutMs, idle_timeout_ms: idleMs }
    })
    return { body: JSON.stringify({ programs }) }
  },
)

const help = route(
  {
    method: 'GET',
    path: '/programs/{program}/help',
    operation: 'helpOfProgram',
    tag: 'runs',
    summary: 'How a program says that it is used',
    details:
      'It is started for that, for 10 s at most, so it takes the key of the user. Where it says nothing, help says why.',
    answers: { 200: { description: 'Its help.', schema: ProgramHelp, example: examples.programHelp } },
    errors: ['not_found', 'unauthenticated', 'forbidden'],
  },
  async (call) => {
    const program = call.programs?.get(call.params.program)
    if (!program) throw new DaybookError('not_found', `there is no program ${call.params.program}`)
    return { body: JSON.stringify({ name: program.name, help: await program.help() }) }
  },
)

export const programRoutes: readonly Route[] = [list, help]
