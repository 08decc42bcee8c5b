// Begins the process of a program in a terminal, or finds the one that there is.

import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import { type CommandPlaces, environmentOf } from '../command.ts'
import type { Prompt, PromptEvent } from '../contract.ts'
import type { HostProcess, ProcessHost } from '../host/contract.ts'
import type { Program } from '../resolve.ts'
import { argvOf } from '../template.ts'
import { shellStart } from './marks.ts'

export interface PtySetting extends CommandPlaces {
  readonly program: Program
  readonly host: ProcessHost
  /** Its binary as it is now: absolute path and version. `invalid` where it is not found. */
  readonly find: () => Promise<{ readonly path: string; readonly version?: string }>
}

export interface Opened {
  readonly started: PromptEvent
  /** Of the shell whose marks count; null where it has none. */
  readonly aid: string | null
  /** Bytes that it had printed. */
  readonly offset: number
}

/** `not_found` where the log says that it was started and the host knows nothing of it, `invalid` where it cannot be started. */
export async function opened(setting: PtySetting, prompt: Prompt): Promise<Opened> {
  const { program, host, state, env } = setting
  const { workdir, session, token, process: key } = prompt
  const known = await host.get(key)
  if (!known && prompt.started) {
    throw new DaybookError('not_found', 'its process was started, and the process host knows nothing of it any more')
  }
  const shell = program.pty?.osc133 === true ? await shellStart(state, key) : null
  const values = { workdir, session, state, ...(shell ? { rc: shell.path } : {}) }
  const resume = token === null ? undefined : program.pty?.resume
  const { args } =
    token === null || !resume ? argvOf(program.pty?.argv ?? [], values) : argvOf(resume, { ...values, resume: token })
  const found = known ? null : await setting.find()
  const given = { LANG: 'C.UTF-8', ...environmentOf(program, { workdir, session, state }, env) }
  const variables = { ...given, TERM: program.env.TERM ?? 'xterm-256color' }
  const { cols, rows } = program
  const request = { key, mode: 'pty', args, env: variables, cwd: workdir, cols, rows } as const
  const process = found ? await spawned(host, { ...request, binary: found.path }) : (known as HostProcess)
  const start = {
    ...{ pid: process.pid, at: process.startedAt, args, envNames: Object.keys(variables).sort() },
    ...(found?.version === undefined ? {} : { version: found.version }),
    resumed: resume !== undefined,
  }
  return { started: { type: 'started', start }, aid: shell?.aid ?? null, offset: process.offset }
}

/** Without the packages for terminals nothing has happened, and another driver may try. */
async function spawned(host: ProcessHost, request: Parameters<ProcessHost['spawn']>[0]): Promise<HostProcess> {
  try {
    return await host.spawn(request)
  } catch (error) {
    if (!isDaybookError(error) || error.code !== 'invalid_state') throw error
    throw new DaybookError('invalid', error.message, { cause: error, ...(error.hint ? { hint: error.hint } : {}) })
  }
}
