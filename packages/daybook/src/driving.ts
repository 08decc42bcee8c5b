// Composes the programs of this machine: what their file says, the process host, and a driver for each.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { acpDriver } from './program/acp.ts'
import { homeOf } from './program/command.ts'
import type { LiveProgram, LivePrograms, ProgramDriver } from './program/contract.ts'
import { findProgram, locate } from './program/find.ts'
import { gitStateOf } from './program/git.ts'
import { headlessDriver } from './program/headless.ts'
import { helpOf } from './program/help.ts'
import type { ProcessHost } from './program/host/contract.ts'
import { serves } from './program/host/serves.ts'
import { checkImage } from './program/image.ts'
import { liveProcesses } from './program/live.ts'
import { type ProgramsAt, programsFrom } from './program/programs.ts'
import { hasTerminals } from './program/pty/available.ts'
import { ptyDriver } from './program/pty/driver.ts'
import type { Program } from './program/resolve.ts'
import { checkWorkdir } from './program/workdir.ts'
import { limits } from './schema/json.ts'
import type { DriverName } from './schema/states.ts'

/** Milliseconds between two looks for what may be forgotten. */
const sweepMs = 60 * 60 * 1000

export interface DrivingSettings {
  /** Absolute path of the programs file, which need not be there. */
  readonly file: string
  /** Absolute path of the user's state folder. */
  readonly state: string
  /** URL of the store: servers on the same one share a process host. */
  readonly store: string
  /** Told of failures that no caller waits for. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
  /** Default: one that outlives this process, started when the first prompt needs it. */
  readonly host?: ProcessHost
}

export interface Driving extends LivePrograms, AsyncDisposable {}

/** Opens nothing before the first prompt. Disposing leaves processes to the host. */
export async function openDriving(settings: DrivingSettings): Promise<Driving> {
  const { hostClient } = await import('./program/host/client.ts')
  const { state, file, store } = settings
  const { env } = process
  const onError = settings.onError ?? ((error: unknown) => process.emitWarning(String(error)))
  const name = createHash('sha256').update(store).digest('hex').slice(0, 12)
  const folder = join(state, 'processes', name)
  const host = settings.host ?? hostClient({ folder })
  const at = programsFrom({ path: file })
  const live = new Map<string, LiveProgram>()
  // No host is started to look where there never was one.
  const sweep = setInterval(() => existsSync(folder) && void forgetOld(host).catch(onError), sweepMs).unref()
  const liveOf = (program: Program): LiveProgram | undefined => {
    const [first, ...others] = program.drivers.filter((name) => isHere(program, name, env))
    if (first === undefined) return undefined
    const key = [program.config_hash, first, ...others].join(' ')
    const known = live.get(key)
    if (known) return known
    const made = liveProgram(program, [first, ...others], { host, state, env, at })
    live.set(key, made)
    return made
  }
  return {
    list() {
      const present = at
        .current()
        .list()
        .filter(({ bin }) => locate(bin, env) !== null)
      return present.flatMap((program) => liveOf(program) ?? [])
    },
    get: (wanted) => {
      const program = at.current().get(wanted)
      return program && liveOf(program)
    },
    process: (name) => host.get(name),
    processes: liveProcesses(host, {
      serves: async () => settings.host !== undefined || serves(folder),
      known: () => settings.host !== undefined || existsSync(folder),
    }),
    git: async (path) => gitStateOf(await checkWorkdir(path, at.current().workdirs)),
    async [Symbol.asyncDispose]() {
      clearInterval(sweep)
      await host.close()
    },
  }
}

/** What was printed is in the log once its session gets another prompt; of sessions that get none it goes after so long. */
async function forgetOld(host: ProcessHost): Promise<void> {
  const before = Date.now() - limits.keptMs
  for (const { key, exit } of await host.list()) if (exit && exit.at < before) await host.forget(key)
}

/** What goes on in a session of its own, or speaks a protocol of agents, is no interpreter. */
function converses({ acp, headless }: Program): boolean {
  return acp !== undefined || headless?.resume !== undefined || headless?.token !== undefined
}

/** What a program gets that is only asked how to use it. */
function plain({ PATH = '', HOME = homedir(), LANG = 'C.UTF-8' }: Surroundings['env']): Record<string, string> {
  return { PATH, HOME, LANG }
}

interface Surroundings {
  readonly host: ProcessHost
  readonly state: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly at: ProgramsAt
}

/** Whether there is what a driver takes; of the binary itself an error says more. */
function isHere({ acp, pty, headless }: Program, driver: DriverName, env: Surroundings['env']): boolean {
  if (driver === 'acp') return acp?.bin === undefined || locate(acp.bin, env) !== null
  return driver === 'pty' ? pty !== undefined && hasTerminals() : headless !== undefined
}

const binOf = ({ acp, bin }: Program, driver: DriverName): string => (driver === 'acp' ? acp?.bin : undefined) ?? bin

/** That it is not there its driver tells. */
async function versionOf(program: Program, env: Surroundings['env']): Promise<string | undefined> {
  return locate(program.bin, env) === null ? undefined : (await findProgram(program, env)).version
}

function driverOf(program: Program, name: DriverName, { host, state, env }: Surroundings): ProgramDriver {
  const bin = binOf(program, name)
  const setting = { program, host, state, env, find: () => findProgram({ ...program, bin }, env) }
  if (name === 'acp') return acpDriver(setting)
  return name === 'pty' ? ptyDriver(setting) : headlessDriver(setting)
}

function liveProgram(
  program: Program,
  [first, ...others]: readonly [DriverName, ...DriverName[]],
  around: Surroundings,
): LiveProgram {
  const { env, at } = around
  return {
    name: program.name,
    description: program.description ?? program.bin,
    hash: program.config_hash,
    converses: converses(program),
    keys: { interrupt: program.pty?.interrupt_keys ?? '\u0003', exit: program.pty?.exit_keys ?? [] },
    drivers: [driverOf(program, first, around), ...others.map((name) => driverOf(program, name, around))],
    timeoutMs: program.prompt_timeout_sec * 1000,
    idleMs: program.idle_timeout_sec * 1000,
    guarded: program.resume_version_guard !== false,
    version: (driver) => versionOf({ ...program, bin: binOf(program, driver) }, env),
    home: (session, workdir) => homeOf(program, { session, workdir, state: around.state }, env),
    help: () => helpOf({ program, path: locate(program.bin, env) ?? undefined, workdir: homedir(), env: plain(env) }),
    workdir: (path) => checkWorkdir(path, at.current().workdirs),
    image: async (path) => (await checkImage(path, at.current().workdirs)).path,
  }
}
