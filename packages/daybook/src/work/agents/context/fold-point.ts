// Up to which entry a session is summarised, so that its last messages stay as they are.

import type { Seq } from '../../../schema/ids.ts'
import type { ContextSetting } from '../contract.ts'
import { capsOf } from './caps.ts'
import { lookAt } from './log.ts'
import { readBack } from './reading.ts'
import { type Unit, unitsOf } from './units.ts'

/** About `tokens` tokens of messages stand behind it, from what a person said on. Null: there is nothing before them to take in. */
export async function foldPoint(setting: ContextSetting, tokens: number): Promise<Seq | null> {
  const { session, agent, model } = setting
  const looked = await lookAt(session, setting)
  const estimate = (text: string): number => model.estimate(text)
  const viewer = {
    agent: agent.name,
    provider: model.facts.provider,
    caps: capsOf(model.facts),
    facts: model.facts,
    estimate,
  }
  const covers = looked.summary?.covers_seq ?? 0
  const most = setting.lastMessages ?? Number.POSITIVE_INFINITY
  const { pieces } = await readBack(looked, covers, viewer, { room: tokens, most })
  const units = unitsOf(pieces, viewer)
  const first = firstKept(units, tokens, most)
  const until = (first?.first ?? 0) - 1
  return until > covers ? until : null
}

function firstKept(units: readonly Unit[], tokens: number, most: number): Unit | undefined {
  let [left, at] = [tokens, units.length]
  while (at > 0 && units.length - at < most / 2) {
    left -= units[at - 1]?.tokens ?? 0
    if (left < 0 && at < units.length) break
    at -= 1
  }
  return units.slice(at).find((unit) => unit.asked) ?? units[at]
}
