// Builds what the next call of a model is sent, from the end of the log and within a budget: the same for the same log and setting.

import { ModelFailure } from '../../../model/contract.ts'
import type { Context, ContextSetting } from '../contract.ts'
import { budgetOf, capsOf } from './caps.ts'
import { type Looked, lookAt } from './log.ts'
import { type Ingredients, planned } from './plan.ts'
import { type Read, readBack, withFiles } from './reading.ts'
import { type Recalled, recalledFor } from './recalled.ts'
import { keptSection, type Section, stateSection, summarySection } from './standing.ts'
import { type Unit, type UnitSetting, unitsOf } from './units.ts'
import { windowOf } from './window.ts'

/** Tokens that marks and joints take, about. */
const joints = 24

/**
 * Reads what it needs from the end of the log, so its time does not grow with the session.
 *
 * @throws ModelFailure `too_long` when not even the question fits beside the skills; DaybookError as reading the session
 */
export async function buildContext(setting: ContextSetting): Promise<Context> {
  const { session, agent, model, skillTokens = 0 } = setting
  const { facts } = model
  const estimate = (text: string): number => model.estimate(text)
  const budget = budgetOf(facts, model.corrected === true, setting.answerTokens)
  const looked = await lookAt(session, setting)
  const caps = capsOf(facts)
  const viewer: UnitSetting = { agent: agent.name, provider: facts.provider, caps, facts, estimate }
  const most = setting.lastMessages ?? Number.POSITIVE_INFINITY
  const covers = looked.summary?.covers_seq ?? 0
  const read = await readBack(looked, covers, viewer, { room: budget, most })
  const { pieces, files } = await withFiles(read.pieces, viewer, setting.blob)
  const units = unitsOf(pieces, viewer)
  const around = {
    kept: keptSection(looked, caps.notes),
    summary: summarySection(looked, caps.summary),
    state: stateSection(looked.state, looked.seq, caps.state),
  }
  const taken = skillTokens + estimate(agent.instructions) + joints + tokensOf(Object.values(around), estimate)
  const { start, reserve } = placed(units, read, { budget: budget - taken, most, covers, recall: caps.recalled / 3 })
  const asked = units.findLastIndex((unit) => unit.asked)
  const before = units[start]?.first ?? looked.seq + 1
  const recalled = reserve ? await recalledAt(looked, setting, units[asked], before, caps) : nothing
  const ingredients: Ingredients = {
    ...around,
    agent: agent.name,
    instructions: agent.instructions,
    skillTokens,
    estimate,
    recalled: recalled.sections,
    lack: recalled.lack,
    units,
    start,
    asked,
    whole: read.whole,
    covers,
    seq: looked.seq,
    files,
    longest: Number.POSITIVE_INFINITY,
  }
  const made = planned(ingredients, budget)
  if (!made) {
    throw new ModelFailure('too_long', facts.name, `a question does not fit into the ${budget} tokens that it may have`)
  }
  return { ...made, budget, seq: looked.seq, covers }
}

interface Room {
  readonly budget: number
  readonly most: number
  readonly covers: number
  /** Tokens that passages may take. */
  readonly recall: number
}

/** Where the messages begin, and whether anything stands before them that may be recalled. */
function placed(units: readonly Unit[], { whole }: Read, { budget, most, covers, recall }: Room) {
  const folded = covers > 0
  const all = windowOf(units, { room: budget - (folded ? recall : 0), most, whole })
  if (all.start === 0 && whole) return { start: 0, reserve: folded }
  const { start } = folded ? all : windowOf(units, { room: budget - recall, most, whole })
  return { start, reserve: true }
}

const nothing: Recalled = { sections: [], lack: null }

async function recalledAt(
  looked: Looked,
  { recall }: ContextSetting,
  asked: Unit | undefined,
  before: number,
  caps: ReturnType<typeof capsOf>,
): Promise<Recalled> {
  if (!recall || !asked) return nothing
  const words = asked.turned.flatMap(({ blocks }) => blocks.flatMap((one) => (one.type === 'text' ? [one.text] : [])))
  return recalledFor(looked, recall, words.join('\n'), Math.min(before, asked.first), caps)
}

function tokensOf(sections: readonly (Section | null)[], estimate: (text: string) => number): number {
  return sections.reduce((sum, section) => sum + (section ? estimate(section.text) : 0), 0)
}
