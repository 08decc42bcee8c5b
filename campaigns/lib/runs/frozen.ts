// A lease that is lost in the middle of a step: its process stands still, another takes over, and then it is woken.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import { pause } from '../campaign.ts'
import type { Round } from './boundaries.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, type Settled, settle } from './settle.ts'
import type { FiveInput } from './skills.ts'
import type { Worker } from './worker.ts'

/** @param held whether not even the timers of the process go on while it stands in its step */
export async function frozenInStep({ place, round, random, counter }: Round, held: boolean): Promise<void> {
  const [first, second] = (await place.workers(2)) as [Worker, Worker]
  // Held, it does nothing else on waking than to end its step, before a timer could tell it that the lease is gone: what it
  // writes then meets the fence, because the other one is still in the same step.
  const hold = held ? join(place.folder, `hold-${round}`) : undefined
  const step = random.between(1, hold === undefined ? 5 : 4)
  const letter = hold === undefined ? random.pick(['i', 'n']) : 'i'
  const boundary = random.pick(['begin', 'inside'] as const)
  const steps = Array.from({ length: 5 }, (_, index) => (index + 1 === step ? letter : random.pick(['i', 'n']))).join(
    '',
  )
  const stop = { step, boundary, ...(hold === undefined ? {} : { hold }) }
  const input: FiveInput = { steps, ms: hold === undefined ? random.between(0, 5) : 0, stop }
  const asked = await place.start(() => first, `frozen-${round}`, 'five', input as unknown as Json)
  await until('it stands in its step', () => first.standsAt(asked.run) || second.standsAt(asked.run))
  const [holder, other] = first.standsAt(asked.run) ? [first, second] : [second, first]
  await freeze(place, holder, asked)
  counter.add(counts.frozen)
  // Woken while the other one works on the run, or when that is over.
  if (hold === undefined && random.chance(0.5)) await through(place, other, asked)
  const before = effectsBy(place, holder, asked)
  // Its effect comes to an end in the very moment of waking, or it has to notice by itself first.
  if (random.chance(0.5)) holder.letGo()
  if (hold !== undefined) writeFileSync(hold, '')
  holder.wake()
  await until('the old holder notices', () => holder.lost.has(asked.run))
  holder.letGo()
  const lines = boundary === 'begin' ? 1 : 0
  await until('its effect is over', () => effectsBy(place, holder, asked) >= before + lines)
  counter.add(counts.late, lines)
  // Here the other one still stands in the same step, so that the end of it was written, and met the fence.
  if (held) await until('its write is refused', () => holder.fenced.includes(asked.session))
  await through(place, other, asked)
  if (effectsBy(place, holder, asked) !== before + lines) place.problems.push(`${holder.name} went on to further steps`)
  await goesOn({ place, round, random, counter }, holder, other)
  counter.add(counts.fenced, holder.fenced.filter((session) => session === asked.session).length)
  const stoodStill = new Set([holder.name])
  const [settled] = await settle(place, [asked], counter, stoodStill)
  if (settled) place.problems.push(...surely(settled, step, letter, holder))
}

async function through(place: RunsPlace, other: Worker, { session }: Asked): Promise<void> {
  await until('the other one is through', async () => {
    other.letGo()
    return (await place.own.session(session).head()).openRuns.length === 0
  })
}

/** Until another process has taken it over. One that was stopped while it held the file lets nobody on, and is stopped again. */
async function freeze(place: RunsPlace, holder: Worker, asked: Asked): Promise<void> {
  const taken = async () => (await place.log(asked)).filter(({ kind }) => kind === 'run.started').length > 1
  for (let tries = 0; tries < 5; tries += 1) {
    holder.freeze()
    for (const end = performance.now() + 5000; performance.now() < end; await pause(5)) if (await taken()) return
    holder.wake()
    await pause(7)
  }
  throw new Error(`nobody took over what ${holder.name} had`)
}

function effectsBy(place: RunsPlace, { name }: Worker, { run }: Asked): number {
  return place.effects().filter((effect) => effect.by === name && effect.run === run).length
}

/** Nothing that the old holder wrote after it lost the lease stands in the log. */
function surely({ asked, steps, ended, takes }: Settled, step: number, letter: string, holder: Worker): string[] {
  const problems: string[] = []
  const one = [...steps.values()].find(({ name }) => name === `step ${step}`)
  if (takes < 2) problems.push('nobody took it over')
  if (one?.output?.by === holder.name) problems.push(`the old holder finished step ${step}`)
  if (letter === 'i' && one?.output === null) problems.push(`step ${step} was not repeated`)
  if (letter === 'n' && (ended !== 'unknown' || !one?.unknown)) problems.push(`step ${step} is not known as unknown`)
  return problems.map((problem) => `${asked.run}: ${problem}`)
}

/** It is none the worse for it: alone, it performs the next run. */
async function goesOn({ place, round, counter }: Round, holder: Worker, other: Worker): Promise<void> {
  other.stop()
  const { code } = await other.ended
  if (code !== 0 || !other.wentWell) place.problems.push(`${other.name} ended with ${code}`)
  const input: FiveInput = { steps: 'ninin', ms: 0 }
  const next = await place.start(() => holder, `frozen-${round}`, 'five', input as unknown as Json)
  const [settled] = await settle(place, [next], counter)
  const by = [...(settled?.steps.values() ?? [])].map(({ output }) => output?.by)
  if (by.length !== 5 || by.some((name) => name !== holder.name)) place.problems.push(`${next.run} was done by ${by}`)
}
