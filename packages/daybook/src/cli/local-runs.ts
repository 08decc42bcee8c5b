// The run engine in this process, in the shapes of the wire: opened when a command first needs it.

import { checkAskable } from '../model/askable.ts'
import { modelList } from '../model/wire.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import type { Session } from '../session/contract.ts'
import { openFieldsOf } from '../session/open-fields.ts'
import { type Ahead, aheadOf } from '../work/agents/ahead.ts'
import type { Budgets } from '../work/budgets/contract.ts'
import { budgetList, budgetShape } from '../work/budgets/wire.ts'
import type { ScopedWork } from '../work/contract.ts'
import { queueOf, stateOf } from '../work/run-state.ts'
import { agentList, queueShape, receiptOf, runStateOf, skillList } from '../work/wire.ts'
import type { Parts, WorkSettings, Workshop } from './parts.ts'
import type { Runs } from './runs.ts'
import type { OpenedStore } from './storage.ts'

export interface LocalRunsOptions {
  readonly parts: () => Promise<Pick<Parts, 'startWork' | 'openFinding'>>
  readonly settings: Omit<WorkSettings, 'tenant'>
}

/** So long that it looks for nothing by itself: the longest time of a timer. */
const never = 2 ** 31 - 1

export interface Looking {
  /** What calls of models would send. @throws DaybookError `invalid_state` where no model is configured */
  readonly ahead: () => Promise<Ahead>
  /** @throws DaybookError `invalid_state` for a model that cannot be asked */
  readonly checkModel: (name: string) => Promise<void>
}

/** Disposing lets the runs that this process performs come to their next step, and leaves them for whoever comes next. */
export function localRuns(store: OpenedStore, options: LocalRunsOptions): Runs & Looking & AsyncDisposable {
  const { mine, sessions, place } = store
  const opened: Workshop[] = []
  const open = async (performs: boolean): Promise<Workshop> => {
    const { startWork } = await options.parts()
    const settings = { ...options.settings, tenant: mine.scope.tenant, ...(performs ? {} : { tickMs: never }) }
    const workshop = await startWork(sessions, place.url, settings)
    opened.push(workshop)
    return workshop
  }
  let performing: Promise<Workshop> | undefined
  let looking: Promise<Workshop> | undefined
  const work = async (): Promise<ScopedWork> => {
    performing ??= open(true)
    return (await performing).work.within(mine.scope, mine.caller)
  }
  /** A command that only looks performs nothing. */
  const look = (): Promise<Workshop> => {
    looking ??= performing ?? open(false)
    return looking
  }
  return {
    here: true,
    ahead: async () => aheadOf((await look()).ahead),
    checkModel: async (name) => checkAskable((await look()).models, name),
    async start(id, { opens, ...asked }) {
      await work()
      for (const name of [asked.model, opens?.model]) if (name) checkAskable((await look()).models, name)
      return receiptOf(await (await work()).start(id, fieldsOf(asked), opens ? { opens: openFieldsOf(opens) } : {}))
    },
    get: async (run) => runStateOf(await stateOf(await sessionOf(store, run), run)),
    queue: async (id) => queueShape(id, await queueOf(mine.session(id))),
    withdraw: async (run) => (await work()).withdraw(run),
    cancel: async (run) => (await work()).cancel(run),
    decide: async (run, approval, decision) => (await work()).decide(run, approval, decision),
    answer: async (run, question, answer) => (await work()).answer(run, question, answer as Json),
    undo: async (run) => receiptOf(await (await work()).undo(run)),
    route: async (text) => (await look()).work.within(mine.scope, mine.caller).route(text),
    agents: async () => agentList((await look()).work.agents).agents,
    agentList: async () => agentList((await look()).work.agents),
    skills: async () => skillList((await look()).skills),
    models: async () => modelList((await look()).models),
    async budgets({ session_id, agent, user } = {}) {
      const { budgets } = await look()
      if (!budgets) return { budgets: [] }
      const session = session_id === undefined ? undefined : mine.session(session_id)
      return budgetList(budgets, session, { agent, user })
    },
    async setBudget({ scope, name = 'all', limit }) {
      return budgetShape(await spending(await look()).set({ scope, name }, limit, mine.caller.actor))
    },
    async [Symbol.asyncDispose]() {
      for (const workshop of opened.reverse()) await workshop[Symbol.asyncDispose]()
    },
  }
}

function spending({ budgets }: Workshop): Budgets {
  if (budgets) return budgets
  throw new DaybookError('invalid_state', 'nothing is spent here: no models are configured')
}

function fieldsOf({ input, agent, skill, model, on_busy, instead_of }: Omit<Parameters<Runs['start']>[1], 'opens'>) {
  return {
    ...(input === undefined ? {} : { input }),
    ...(agent === undefined ? {} : { agent }),
    ...(skill === undefined ? {} : { skill }),
    ...(model === undefined ? {} : { model }),
    ...(on_busy === undefined ? {} : { onBusy: on_busy }),
    ...(instead_of === undefined ? {} : { insteadOf: instead_of }),
  }
}

async function sessionOf({ mine }: OpenedStore, run: string): Promise<Session> {
  const id = await mine.locate({ type: 'run', value: run })
  if (id === null) throw new DaybookError('not_found', `no run ${run}`)
  return mine.session(id)
}
