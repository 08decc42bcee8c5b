// The programs of this machine: which there are, how each says that it is used, and what they left half done in a folder.

import { DaybookError } from '../../schema/errors.ts'
import { ProgramHelp, ProgramList, SessionGit } from '../../schema/wire-runs.ts'
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
    const programs = (context.programs?.live.list() ?? []).map(({ name, description, drivers, timeoutMs, idleMs }) => {
      const through = drivers.map((driver) => driver.name)
      return { name, description, drivers: through, prompt_timeout_ms: timeoutMs, idle_timeout_ms: idleMs }
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

const git = route(
  {
    method: 'GET',
    path: '/sessions/{session_id}/git',
    operation: 'gitOfSession',
    tag: 'views',
    summary: 'What is under way in the folder of a session',
    details: 'Its folder is `cwd` in the metadata. git is started there, so it takes the key of the user.',
    answers: { 200: { description: 'As it is now.', schema: SessionGit, example: examples.sessionGit } },
    errors: ['not_found', 'gone', 'trashed', 'unauthenticated', 'forbidden'],
  },
  async (call) => {
    const programs = call.programs
    const { session } = await call.seen(call.params.session_id)
    const { cwd } = (await session.cell()).metadata
    if (typeof cwd !== 'string') {
      throw new DaybookError('not_found', 'nothing says in which folder the session works: cwd in its metadata')
    }
    if (!programs) throw new DaybookError('forbidden', 'no programs are driven here')
    return { body: JSON.stringify({ session_id: session.id, workdir: cwd, state: await programs.git(cwd) }) }
  },
)

export const programRoutes: readonly Route[] = [list, help, git]
