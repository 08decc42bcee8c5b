// What tests of agents share: an engine whose agents ask a real server through real providers.

import { type MockAnswer, type MockServer, startMock } from '../../model/mock.fixture.ts'
import type { ModelSettings } from '../../model/settings.ts'
import { openModels } from '../../open-models.ts'
import { agentsOf } from '../agents.ts'
import type { SkillDefinition } from '../skills/contract.ts'
import { type WorkWorld, workWorld } from '../testing.fixture.ts'
import type { WorkOptions } from '../work.ts'
import { buildContext } from './context/build.ts'
import type { AgentDefinition } from './contract.ts'
import { modelAgent } from './performer.ts'
import type { AgentSetting } from './turn-setting.ts'

/** An agent with the least that is needed. */
export function defined(name: string, more: Partial<AgentDefinition> = {}): AgentDefinition {
  return { name, description: `The agent ${name}.`, instructions: `You are ${name}.`, source: 'built-in', ...more }
}

export interface TurnsWorld extends AsyncDisposable {
  readonly world: WorkWorld
  readonly server: MockServer
}

export interface TurnsOptions {
  readonly skills?: readonly SkillDefinition[]
  readonly agents?: readonly AgentDefinition[]
  readonly answers?: readonly MockAnswer[]
  readonly models?: Partial<ModelSettings>
  readonly setting?: Partial<AgentSetting>
  readonly work?: Partial<WorkOptions>
}

/** Agents (default: one that is called `coder` and may call every skill) on a store in memory and a server that answers as told. */
export async function turnsWorld(options: TurnsOptions): Promise<TurnsWorld> {
  const server = await startMock(options.answers ?? [])
  const { skills = [], agents = [defined('coder', { skills: ['*'] })] } = options
  let world: WorkWorld | null = null
  const made = await workWorld('memory', () => skills, {
    ...options.work,
    agents: agentsOf(
      agents.map((agent) => ({
        ...modelAgent(agent, settingOf()),
        perform: (turn) => modelAgent(agent, settingOf()).perform(turn),
      })),
    ),
  })
  world = made
  function settingOf(): AgentSetting {
    const anna = world?.world.anna
    return {
      models: openModels(server.settings(options.models)),
      skills: world?.skills ?? { list: () => [], get: () => undefined, onChange: () => () => undefined },
      definition: (name) => agents.find((one) => one.name === name),
      context: buildContext,
      ...(anna ? { blob: (hash: string) => anna.blobs.get(hash) } : undefined),
      ...options.setting,
    }
  }
  return {
    world: made,
    server,
    async [Symbol.asyncDispose]() {
      await made[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
