// What the tests of built-in skills share: a real session on a store in memory, and the context of a call in it.

import { fail } from 'node:assert/strict'
import type { Json } from '../../../schema/json.ts'
import type { Session } from '../../../session/contract.ts'
import { World } from '../../../session/testing.fixture.ts'
import type { SkillContext, SkillDefinition } from '../contract.ts'
import type { BlobsOf } from './export-markdown.ts'

/** 21 November 2026, a Saturday: 13:00 in Moscow. */
export const present = { now: Date.parse('2026-11-21T10:00:00Z'), timeZone: 'Europe/Moscow' } as const

export interface Stage extends AsyncDisposable {
  readonly world: World
  /** With the rights of the run engine. */
  readonly session: Session
  readonly blobs: BlobsOf
  readonly waits: number[]
  context(fields?: Partial<SkillContext>): SkillContext
}

export async function stage(): Promise<Stage> {
  const world = await World.open('memory')
  const session = await world.runner.open({ name: 'Orders' })
  const waits: number[] = []
  const none = () => fail('this skill is not durable')
  const context = (fields: Partial<SkillContext> = {}): SkillContext => ({
    ...present,
    run: 'run_1',
    session,
    caller: {},
    key: 'run_1:call',
    attempt: 1,
    signal: new AbortController().signal,
    progress: () => {},
    delta: () => {},
    step: none,
    wait: async (until) => void waits.push(until),
    ask: none,
    ...fields,
  })
  const blobs = () => world.runner.blobs
  return { world, session, blobs, waits, context, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

/** What a text asks of a skill, at the present of these tests. */
export function asked<I extends Json, O extends Json | undefined>(
  skill: SkillDefinition<I, O>,
  text: string,
): I | null {
  return (skill.fromText ?? fail('it reads texts'))(text, present)
}
