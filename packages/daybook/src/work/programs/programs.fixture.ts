// What tests of programs share: real ones on a process host inside this process, and an engine that runs prompts.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Driving, openDriving } from '../../driving.ts'
import type { ProcessHost } from '../../program/host/contract.ts'
import { inlineHost } from '../../program/host/inline.ts'
import type { Session, Sessions } from '../../session/contract.ts'
import { openSessions } from '../../session/sessions.ts'
import { memoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import { agentsOf } from '../agents.ts'
import type { ScopedWork, Work } from '../contract.ts'
import { fixedSkills } from '../skills/fixed.ts'
import { openWork, type WorkOptions } from '../work.ts'
import { withPrograms } from './agent.ts'
import { openWatch, type Watch, type WatchOptions } from './watch.ts'

const scope = { tenant: 'default', subjects: ['anna'] } as const

/** A machine with programs, a store, and one server after another on them. */
export class Machine {
  readonly folder: string
  /** Where programs may work. */
  readonly workdir: string
  readonly store: Store = memoryStore()
  readonly host: ProcessHost
  readonly programs: Driving
  sessions!: Sessions
  work!: Work
  readonly errors: unknown[] = []

  private constructor(folder: string, host: ProcessHost, programs: Driving) {
    this.folder = folder
    this.workdir = join(folder, 'work')
    this.host = host
    this.programs = programs
  }

  static async open(t: TestContext, file: object = {}): Promise<Machine> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-programs-')))
    mkdirSync(join(folder, 'work'))
    const path = join(folder, 'programs.json')
    writeFileSync(path, JSON.stringify({ workdirs: ['work'], ...file }))
    const host = inlineHost({ folder: join(folder, 'host') })
    const programs = await openDriving({ file: path, state: join(folder, 'state'), store: 'memory:', host })
    const machine = new Machine(folder, host, programs)
    t.after(async () => {
      await machine.work.close()
      await machine.sessions.close()
      await machine.programs[Symbol.asyncDispose]()
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

  /** What looks after processes that live on. */
  watch(t: TestContext, options: Partial<WatchOptions> = {}): Watch {
    const { sessions, programs, errors } = this
    const onError = (error: unknown): void => void errors.push(error)
    const watch = openWatch({ sessions, programs, tenant: scope.tenant, everyMs: null, onError, ...options })
    t.after(() => watch[Symbol.asyncDispose]())
    return watch
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
