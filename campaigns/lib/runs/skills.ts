// The skills of campaigns on runs: five steps that can be stopped at every boundary, a count, and one that needs an approval.

import { setTimeout as pause } from 'node:timers/promises'
import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import type { SkillContext, SkillDefinition, Skills } from '../../../packages/daybook/src/work/skills/contract.ts'
import { fixedSkills } from '../../../packages/daybook/src/work/skills/fixed.ts'
import type { Effect } from './effects.ts'

/** Where a step can be stopped: before it is called, in its effect before and after it does anything, and behind it. */
export const boundaries = ['before', 'begin', 'inside', 'after'] as const
export type Boundary = (typeof boundaries)[number]

export interface FiveInput {
  /** One letter per step: `i` is idempotent, `n` is not. */
  readonly steps: string
  /** Asks whoever follows the process before it goes on from here. */
  readonly stop?: {
    readonly step: number
    readonly boundary: Boundary
    /** In the first attempt not even the timers of the process go on, until this file is there. */
    readonly hold?: string
  }
  /** Milliseconds that each effect takes. */
  readonly ms: number
}

export interface CallInput {
  readonly ms: number
  /** As in {@link FiveInput}; the call is the only step. */
  readonly stop?: { readonly boundary: Boundary }
}

export interface StepOutput {
  readonly by: string
  readonly attempt: number
}

export interface Surroundings {
  /** Name of the process. */
  readonly by: string
  readonly note: (effect: Effect) => void
  /** Resolves when whoever follows lets it go on. */
  readonly stopAt: (run: string, step: number, boundary: Boundary, hold: string | undefined) => Promise<void>
  /** An effect was told that its run is no longer this process's. */
  readonly onAbort: (run: string, reason: string) => void
}

export function skillsIn(around: Surroundings): Skills {
  const definitions: readonly SkillDefinition[] = [
    {
      id: 'five',
      name: 'five',
      description: 'Five steps in a row.',
      durable: true,
      run: (input, context) => five(around, input as unknown as FiveInput, context),
    },
    {
      id: 'count',
      name: 'count',
      description: 'Counts once, over and over again if need be.',
      idempotent: true,
      run: (input, context) => once(around, 'count', input as unknown as CallInput, context),
    },
    {
      id: 'plain',
      name: 'plain',
      description: 'Counts once, and not again.',
      run: (input, context) => once(around, 'plain', input as unknown as CallInput, context),
    },
    {
      id: 'risky',
      name: 'risky',
      description: 'Counts once, after somebody approved it.',
      risk: 'high',
      run: (_input, context) => once(around, 'risky', { ms: 0 }, context),
    },
  ]
  return fixedSkills(...definitions)
}

async function five(around: Surroundings, input: FiveInput, context: SkillContext): Promise<Json> {
  const { run } = context
  const outputs: Json[] = []
  const at = async (step: number, boundary: Boundary, attempt = 1): Promise<void> => {
    const { stop } = input
    if (stop?.step === step && stop.boundary === boundary) {
      await around.stopAt(run, step, boundary, attempt === 1 ? stop.hold : undefined)
    }
  }
  for (const [index, letter] of [...input.steps].entries()) {
    const step = index + 1
    const name = `step ${step}`
    await at(step, 'before')
    const output = await context.step(
      name,
      async ({ key, attempt, signal }) => {
        signal.addEventListener('abort', () => around.onAbort(run, String(signal.reason)))
        await at(step, 'begin', attempt)
        around.note({ run, name, key, attempt, by: around.by })
        await at(step, 'inside', attempt)
        if (input.ms > 0) await pause(input.ms)
        return { by: around.by, attempt }
      },
      { idempotent: letter === 'i' },
    )
    outputs.push(output)
    await at(step, 'after')
  }
  return outputs
}

async function once(around: Surroundings, name: string, input: CallInput, context: SkillContext): Promise<Json> {
  const { run, key, attempt } = context
  const { ms, stop } = input
  if (stop?.boundary === 'begin') await around.stopAt(run, 1, 'begin', undefined)
  around.note({ run, name, key, attempt, by: around.by })
  if (stop?.boundary === 'inside') await around.stopAt(run, 1, 'inside', undefined)
  if (ms > 0) await pause(ms)
  return { by: around.by, attempt }
}
