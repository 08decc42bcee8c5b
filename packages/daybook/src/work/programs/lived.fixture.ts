// A program that lives on in a terminal, opened at the host as a driver does it, with what the log has to say of it.

import { hostname } from 'node:os'
import { newId } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import { hostName } from './known.ts'
import type { Machine } from './programs.fixture.ts'

export interface Lives {
  readonly id: string
  /** At the host. */
  readonly name: string
}

export interface LivesOptions {
  readonly program?: string
  readonly binary?: string
  readonly args?: readonly string[]
}

/** Its prompt is `$ `. */
export async function lives(
  { host, sessions, store, workdir }: Pick<Machine, 'host' | 'sessions' | 'store' | 'workdir'>,
  session: Session,
  { program = 'bash', binary = '/bin/bash', args = ['--norc', '--noprofile', '-i'] }: LivesOptions = {},
): Promise<Lives> {
  const id = newId('prc', store.now())
  const name = hostName(session.id, id)
  const env = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', PS1: '$ ', HOME: workdir }
  const { pid } = await host.spawn({ key: name, mode: 'pty', binary, args, env, cwd: workdir })
  const by = sessions.within({ tenant: 'default', subjects: 'all' }, { actor: 'engine', writer: 'P' })
  const where = { driver: 'pty', pid, host: hostname(), workdir, env_names: Object.keys(env) } as const
  await by
    .session(session.id)
    .append({ kind: 'process.started', data: { process_id: id, program, ...where, args: [...args] } })
  return { id, name }
}
