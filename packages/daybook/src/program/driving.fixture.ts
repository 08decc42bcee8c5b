// What tests of drivers share: a known program on a process host inside this process, in a folder of its own.

import type { TestContext } from 'node:test'
import type { Driven, OpenDriven, Words } from './conformance.fixture.ts'
import type { ProgramDriver } from './contract.ts'
import { findProgram } from './find.ts'
import type { ProcessHost } from './host/contract.ts'
import { openInline } from './host/hosting.fixture.ts'
import { readPrograms } from './programs-file.ts'
import type { Program } from './resolve.ts'

/** As it is known, with what the file says of it. */
export function programOf(name: string, said: object = {}): Program {
  const read = readPrograms(JSON.stringify({ programs: { [name]: said } }), '/')
  if (!read.ok) throw new Error(JSON.stringify(read))
  const program = read.set.get(name)
  if (!program) throw new Error(`there is no program ${name}`)
  return program
}

export interface Setting {
  readonly program: Program
  readonly host: ProcessHost
  readonly state: string
  readonly env: NodeJS.ProcessEnv
  readonly find: () => ReturnType<typeof findProgram>
}

export function settingOf(program: Program, host: ProcessHost, state: string): Setting {
  return { program, host, state, env: process.env, find: () => findProgram(program, process.env) }
}

/** What lives in a terminal would be asked to end, and waited for. */
export function openHost(t: TestContext): { readonly host: ProcessHost; readonly folder: string } {
  t.after(async () => {
    for (const { key, exit } of await opened.host.list()) if (!exit) await opened.host.signal(key, 'SIGKILL', 'tree')
  })
  const opened = openInline(t)
  return opened
}

export function openProgram(name: string, words: Words, make: (setting: Setting) => ProgramDriver): OpenDriven {
  return (t: TestContext): Driven => {
    const { host, folder } = openHost(t)
    const program = programOf(name)
    return { folder, words, driver: () => make(settingOf(program, host, folder)) }
  }
}

export const shellWords: Words = {
  says: (text) => `echo '${text}'`,
  waits: (marks, goOn) =>
    `echo x >> '${marks}'; echo be''gun; while [ ! -e '${goOn}' ]; do sleep 0.05; done; echo en''ded`,
  exits: (code) => `echo going; exit ${code}`,
}
