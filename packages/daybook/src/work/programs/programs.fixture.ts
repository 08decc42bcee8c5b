// What tests of programs share: real ones on a process host inside this process, and an engine that runs prompts.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { LiveProgram, LivePrograms } from '../../program/contract.ts'
import { findProgram } from '../../program/find.ts'
import { gitStateOf } from '../../program/git.ts'
import { headlessDriver } from '../../program/headless.ts'
import type { ProcessHost } from '../../program/host/contract.ts'
import { inlineHost } from '../../program/host/inline.ts'
import { readPrograms } from '../../program/programs-file.ts'
import { checkWorkdir } from '../../program/workdir.ts'
import type { Session, Sessions } from '../../session/contract.ts'
import { openSessions } from '../../session/sessions.ts'
import { memoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import { agentsOf } from '../agents.ts'
import type { ScopedWork, Work } from '../contract.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { openWork, type WorkOptions } from '../work.ts'
import { withPrograms } from './agent.ts'

const scope = { tenant: 'default', subjects: ['anna'] } as const

/** A machine with programs, a store, and one server after another on them. */
export class Machine {
  readonly folder: string
  /** Where programs may work. */
  readonly workdir: string
  readonly store: Store = memoryStore()
  host: ProcessHost
  readonly programs: LivePrograms
  sessions!: Sessions
  work!: Work
  readonly errors: unknown[] = []

  private constructor(folder: string, file: object) {
    this.folder = folder
    this.workdir = join(folder, 'work')
    this.host = inlineHost({ folder: join(folder, 'host') })
    this.programs = livePrograms(this, file)
  }

  static async open(t: TestContext, file: object = {}): Promise<Machine> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-programs-')))
    const { mkdirSync } = await import('node:fs')
    mkdirSync(join(folder, 'work'))
    const machine = new Machine(folder, file)
    t.after(async () => {
      await machine.work.close()
      await machine.sessions.close()
      await machine.host.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    })
    await machine.start()
    return machine
  }

  /** A server begins. */
  async start(options: Partial<WorkOptions> = {}): Promise<void> {
    this.sessions = await openSessions({ store: this.store })
    const { blobs } = this.store.within(scope)
    this.work = openWork({
      sessions: this.sessions,
      skills: fixedSkills(),
      agents: withPrograms(agentsOf(), this.programs, (printed) => blobs.put(printed)),
      tickMs: 20,
      leaseMs: 300,
      onError: (error) => void this.errors.push(error),
      ...options,
    })
  }

  get anna(): ScopedWork {
    return this.work.within(scope)
  }

  /** A session that works in the folder. */
  async session(cwd: string = this.workdir): Promise<Session> {
    return this.sessions.within(scope).open({ metadata: { cwd } })
  }

  /** The same session as this server sees it. */
  handle(id: string): Session {
    return this.sessions.within(scope).session(id)
  }
}

function livePrograms(machine: Machine, file: object): LivePrograms {
  const text = JSON.stringify({ workdirs: [machine.workdir], ...file })
  const read = readPrograms(text, machine.folder)
  if (!read.ok) throw new Error(`${read.fault.field} ${read.fault.why}`)
  const { set } = read
  const live = new Map<string, LiveProgram>()
  for (const program of set.list().filter(({ headless }) => headless)) {
    const find = () => findProgram(program, process.env)
    const state = join(machine.folder, 'state')
    live.set(program.name, {
      name: program.name,
      description: program.description ?? program.name,
      hash: program.config_hash,
      get driver() {
        return headlessDriver({ program, host: machine.host, state, env: process.env, find })
      },
      timeoutMs: program.prompt_timeout_sec * 1000,
      idleMs: program.idle_timeout_sec * 1000,
      help: async () => `no help available: ${program.name} is only tested`,
      workdir: (path) => checkWorkdir(path, set.workdirs),
    })
  }
  const git: LivePrograms['git'] = async (path) => gitStateOf(await checkWorkdir(path, set.workdirs))
  return { list: () => [...live.values()], get: (name) => live.get(name), git }
}
