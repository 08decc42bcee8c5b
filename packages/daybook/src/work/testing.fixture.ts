// What the tests of runs share: an engine over each store with skills of the test's own, and a clock that is moved by hand.

import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import { type Plan, type StoreName, storeNames, World, until as waitUntil } from '../session/testing.fixture.ts'
import type { RunState, ScopedWork, Work } from './contract.ts'
import type { Agents } from './performer.ts'
import type { SkillDefinition, Skills } from './skills/contract.ts'
import { fixedSkills } from './skills/fixed.ts'
import { openWork, type WorkOptions } from './work.ts'

/** A skill with the least that is needed. */
export function skill(id: string, run: SkillDefinition['run'], more: Partial<SkillDefinition> = {}): SkillDefinition {
  return { id, name: id, description: `The skill ${id}.`, run, ...more }
}

/** A world with run engines on it: each over an engine of its own, as in processes of their own. */
export class WorkWorld {
  readonly world: World
  readonly #engines: Work[] = []
  readonly #options: Partial<WorkOptions>
  readonly skills: Skills

  constructor(world: World, skills: Skills, options: Partial<WorkOptions>) {
    this.world = world
    this.skills = skills
    this.#options = options
  }

  get clock(): World['clock'] {
    return this.world.clock
  }

  get plan(): Plan {
    return this.world.plan
  }

  /** The first engine; made when it is first asked for. */
  get work(): Work {
    return this.#engines[0] ?? this.engine()
  }

  get anna(): ScopedWork {
    return this.work.within(this.world.anna.scope)
  }

  get bob(): ScopedWork {
    return this.work.within(this.world.bob.scope)
  }

  /** Another engine, over the world's sessions as they are now. */
  engine(options: Partial<WorkOptions> & { agents?: Agents } = {}): Work {
    const { sessions, errors } = this.world
    const work = openWork({
      sessions,
      skills: this.skills,
      tickMs: null,
      timeZone: 'UTC',
      onError: (error) => void errors.push(error),
      ...this.#options,
      ...options,
    })
    this.#engines.push(work)
    return work
  }

  /** The process dies and another one starts: nothing of the old engines is heard of again, and their leases run out. */
  async crash(): Promise<void> {
    this.#engines.length = 0
    this.clock.advance(60_000)
    await this.world.crash()
  }

  /** Looks for due work until the run has settled. */
  async settle(run: string, until?: 'end'): Promise<RunState> {
    const settled = this.anna.settled(run, until ? { until } : {})
    let over = false
    settled.then(
      () => (over = true),
      () => (over = true),
    )
    await this.ticking(() => over)
    return settled
  }

  /** Looks for due work until this holds: what was due may still be held from the last time. */
  async ticking(condition: () => boolean | Promise<boolean>): Promise<void> {
    await waitUntil(async () => {
      await this.work.tick()
      return condition()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const engine of this.#engines) await engine.close()
    await this.world[Symbol.asyncDispose]()
    ok(this.world.errors.length === 0, String(this.world.errors[0]))
  }
}

/** The same test over each store. */
export function eachWork(
  promise: string,
  definitions: (world: () => WorkWorld) => readonly SkillDefinition[],
  body: (world: WorkWorld) => Promise<void>,
  options: Partial<WorkOptions> = {},
): void {
  for (const name of storeNames) {
    test(`${promise} (${name})`, async () => {
      await using world = await workWorld(name, definitions, options)
      await body(world)
    })
  }
}

export async function workWorld(
  name: StoreName,
  definitions: (world: () => WorkWorld) => readonly SkillDefinition[],
  options: Partial<WorkOptions> = {},
): Promise<WorkWorld> {
  let made: WorkWorld | null = null
  const skills = fixedSkills(
    ...definitions(() => {
      if (!made) throw new Error('the world is being made')
      return made
    }),
  )
  made = new WorkWorld(await World.open(name), skills, options)
  return made
}
