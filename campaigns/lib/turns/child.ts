// A process whose agents ask models and call skills until it is killed, or until its standard input ends.

import { createInterface } from 'node:readline'
import type { Model, ModelCallOptions, ModelRequest, Models } from '../../../packages/daybook/src/model/contract.ts'
import { keysInUse } from '../../../packages/daybook/src/model/keys.ts'
import type { ModelSettings } from '../../../packages/daybook/src/model/settings.ts'
import { openModels } from '../../../packages/daybook/src/open-models.ts'
import { firstAgent } from '../../../packages/daybook/src/schema/states.ts'
import { redactor } from '../../../packages/daybook/src/session/redact.ts'
import { openSessions } from '../../../packages/daybook/src/session/sessions.ts'
import { openStore } from '../../../packages/daybook/src/stores.ts'
import { buildContext } from '../../../packages/daybook/src/work/agents/context/build.ts'
import type { AgentDefinition } from '../../../packages/daybook/src/work/agents/contract.ts'
import { orchestratorOf } from '../../../packages/daybook/src/work/agents/orchestrator/orchestrator.ts'
import { modelAgent } from '../../../packages/daybook/src/work/agents/performer.ts'
import { agentsOf } from '../../../packages/daybook/src/work/agents.ts'
import type { Agents } from '../../../packages/daybook/src/work/performer.ts'
import type { SkillDefinition } from '../../../packages/daybook/src/work/skills/contract.ts'
import { fixedSkills } from '../../../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../../../packages/daybook/src/work/work.ts'
import { tenant } from '../check.ts'
import { EffectWriter } from '../runs/effects.ts'
import { say } from '../say.ts'
import { boundaryOf, isIdempotent, plantedSecret, providers, sessionIn, tools } from './where.ts'

export interface TurnsTask {
  readonly store: string
  readonly effects: string
  readonly name: string
  readonly leaseMs: number
  readonly providers: NonNullable<ModelSettings['providers']>
  readonly keys: Readonly<Record<string, string>>
  /** Stands still at the boundaries that sessions are named after. */
  readonly stops: boolean
}

export interface TurnsOrder {
  readonly id: string
  readonly session: string
  readonly agent: string
  readonly input: string
}

export type FromTurns =
  | { readonly t: 'ready' | 'ended' }
  | { readonly t: 'at'; readonly session: string }
  | { readonly t: 'started'; readonly id: string; readonly run: string }
  | { readonly t: 'failed'; readonly message: string }

const task = JSON.parse(process.argv[2] ?? '') as TurnsTask
const tell = (line: FromTurns): void => say(line)

function standStill(session: string): Promise<never> {
  tell({ t: 'at', session })
  return new Promise(() => {})
}

function stopsAt(session: string, number: number, moment: string): boolean {
  const at = boundaryOf(session)
  return task.stops && at?.number === number && at.moment === moment
}

const effects = new EffectWriter(task.effects)
const skills = fixedSkills(
  ...tools.map((id, index): SkillDefinition => {
    const number = index + 1
    return {
      id,
      name: id,
      description: `The ${id} of five things to do.`,
      idempotent: isIdempotent(number),
      async run(_input, { run, session, key, attempt }) {
        if (stopsAt(session.id, number, 'begin')) await standStill(session.id)
        effects.note({ run, name: id, key, attempt, by: task.name })
        if (stopsAt(session.id, number, 'inside')) await standStill(session.id)
        return `done with ${plantedSecret} and ${Object.values(task.keys).join(' ')}`
      },
    }
  }),
)
const settings: ModelSettings = { model: 'openai/mock', providers: task.providers, key: (name) => task.keys[name] }
const models = stopping(openModels(settings))
const store = await openStore(task.store)
const sessions = await openSessions({ store, redactor: redactor({ values: keysInUse(settings) }) })
const definitions: readonly AgentDefinition[] = providers.map((name) => ({
  name,
  description: `Asks ${name}.`,
  instructions: 'You do five things, one behind the other.',
  models: [`${name}/mock`],
  skills: ['*'],
  source: 'built-in',
}))
const setting = {
  models,
  skills,
  context: buildContext,
  definition: (name: string) => definitions.find((one) => one.name === name),
}
const orchestrator = {
  name: firstAgent,
  description: 'Chooses.',
  instructions: 'Say who takes the request.',
  models: [`${providers[0]}/mock`],
  source: 'built-in',
}
const agents: Agents = agentsOf([
  orchestratorOf({ ...setting, definition: orchestrator, agents: () => agents }),
  ...definitions.map((definition) => modelAgent(definition, setting)),
])
const work = openWork({
  sessions,
  skills,
  agents,
  leaseMs: task.leaseMs,
  tickMs: Math.min(100, task.leaseMs / 10),
  onError: (error) => tell({ t: 'failed', message: error instanceof Error ? String(error.stack) : String(error) }),
})
const scoped = work.within({ tenant, subjects: ['local'] })

/** The same models, which stand still before they are asked, or once they have answered and nobody knows it. */
function stopping(real: Models): Models {
  const around = (model: Model): Model => ({
    facts: model.facts,
    estimate: (text) => model.estimate(text),
    call: (request, options) => called(model, request, options),
  })
  return {
    ...real,
    get: (names) => {
      const model = real.get(names)
      return model && around(model)
    },
  }
}

async function called(model: Model, request: ModelRequest, options: ModelCallOptions) {
  // The first thing that a person says is the name of the session.
  const session = sessionIn(request.messages.find(({ role }) => role === 'user')?.content ?? '')
  const parts = request.messages.flatMap((message) => message.parts ?? [])
  const number = request.output ? 0 : parts.filter(({ type }) => type === 'result').length + 1
  if (stopsAt(session, number, 'asked')) await standStill(session)
  const answer = await model.call(request, options)
  if (stopsAt(session, number, 'answered')) await standStill(session)
  return answer
}

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
lines.on('line', (line) => {
  const { id, session, agent, input } = JSON.parse(line) as TurnsOrder
  scoped.start(session, { agent, input }, { key: id, opens: true }).then(
    ({ run }) => tell({ t: 'started', id, run }),
    (error) => tell({ t: 'failed', message: String(error) }),
  )
})
lines.on('close', async () => {
  await work.close()
  await sessions.close()
  await store.close()
  tell({ t: 'ended' })
})
tell({ t: 'ready' })
