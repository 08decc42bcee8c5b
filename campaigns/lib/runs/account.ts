// What the log of a run says compared with what its steps did: nothing twice, nothing without a record, an end.

import { isDeepStrictEqual } from 'node:util'
import type { AnyEntry } from '../../../packages/daybook/src/schema/entries.ts'
import type { DataOf } from '../../../packages/daybook/src/schema/kinds.ts'
import type { Effect } from './effects.ts'
import type { StepOutput } from './skills.ts'

export interface Accounted {
  readonly problems: readonly string[]
  readonly ended: 'done' | 'unknown' | 'other'
  readonly steps: ReadonlyMap<string, StepAccount>
  /** How often it was begun, beside going on from a wait: once, and once for every process that took it over. */
  readonly takes: number
  /** Effects that were repeated under their key. */
  readonly repeated: number
}

export interface StepAccount {
  readonly name: string
  readonly idempotent: boolean
  started: number
  /** What its good end recorded. */
  output: StepOutput | null
  unknown: boolean
}

export interface Expected {
  /** By name: whether the step may be repeated under its key. */
  readonly steps: ReadonlyMap<string, boolean>
  /** Processes that stood still inside an effect: what they did came later than what was done after them. */
  readonly stoodStill?: ReadonlySet<string>
}

export function accountOf(log: readonly AnyEntry[], effects: readonly Effect[], expected: Expected): Accounted {
  const problems: string[] = []
  const steps = stepsOf(log, expected, problems)
  const ends = log.filter(({ kind }) => kind === 'run.finished' || kind === 'run.cancelled')
  const end = ends[0]?.kind === 'run.finished' ? (ends[0].data as DataOf<'run.finished'> | null) : null
  if (ends.length !== 1) problems.push(`it has ${ends.length} ends`)
  if (log.at(-1) !== ends[0]) problems.push('something stands behind its end')
  const count = (wanted: string) => log.filter(({ kind }) => kind === wanted).length
  const takes = count('run.started') - count('run.waiting')
  let repeated = 0
  for (const [key, step] of steps) {
    const own = effects.filter((effect) => effect.key === key)
    repeated += Math.max(0, own.length - 1)
    problems.push(...effectProblems(step, own, expected.stoodStill ?? new Set()))
  }
  for (const { key, name } of effects) if (!steps.has(key)) problems.push(`${name} took effect and never began`)
  const ended = endOf(end, [...steps.values()], expected, problems)
  // Only what another process took over may have an end that nobody knows.
  if (ended === 'unknown' && takes < 2) problems.push('its outcome is unknown though nobody took it over')
  return { problems, ended, steps, takes, repeated }
}

function stepsOf(log: readonly AnyEntry[], expected: Expected, problems: string[]): Map<string, StepAccount> {
  const steps = new Map<string, StepAccount>()
  for (const { kind, data, seq } of log) {
    if (kind === 'step.started') {
      const { step, name, attempt = 1 } = data as DataOf<'step.started'>
      const idempotent = expected.steps.get(name)
      if (idempotent === undefined) problems.push(`a step ${name} that nobody wrote`)
      const known = steps.get(step) ?? {
        name,
        idempotent: idempotent ?? false,
        started: 0,
        output: null,
        unknown: false,
      }
      steps.set(step, known)
      known.started += 1
      if (known.output !== null) problems.push(`${name} begins again at ${seq}, though it was finished`)
      if (known.unknown) problems.push(`${name} begins again at ${seq}, though its outcome is unknown`)
      if (known.started > 1 && !known.idempotent)
        problems.push(`${name} begins again at ${seq}, and may not be repeated`)
      if (attempt !== known.started) problems.push(`${name} begins for time ${known.started} and says ${attempt}`)
    } else if (kind === 'step.finished') {
      const { step, output, unknown, error } = data as DataOf<'step.finished'>
      const known = steps.get(step)
      if (!known || known.output !== null || known.unknown) problems.push(`an end at ${seq} of what was not under way`)
      else if (error !== undefined) problems.push(`${known.name} failed: ${JSON.stringify(error)}`)
      else if (unknown) known.unknown = true
      else known.output = output as StepOutput
    }
  }
  return steps
}

function effectProblems(step: StepAccount, own: readonly Effect[], stoodStill: ReadonlySet<string>): readonly string[] {
  const { name, idempotent, started, output } = step
  const problems: string[] = []
  if (!idempotent && own.length > 1) problems.push(`${name} took effect ${own.length} times`)
  if (new Set(own.map(({ attempt }) => attempt)).size !== own.length)
    problems.push(`one attempt of ${name} did it twice`)
  let highest = 0
  for (const { attempt, by } of own) {
    if (attempt > started) problems.push(`${name} took effect in attempt ${attempt}, of which nothing is known`)
    if (attempt <= highest && !stoodStill.has(by)) problems.push(`attempt ${attempt} of ${name} after ${highest}`)
    highest = Math.max(highest, attempt)
  }
  if (output === null) return problems
  if (output.attempt !== started) problems.push(`${name} was finished by attempt ${output.attempt} of ${started}`)
  if (!own.some(({ attempt, by }) => attempt === output.attempt && by === output.by)) {
    problems.push(`${name} is done without the effect of ${JSON.stringify(output)}`)
  }
  return problems
}

function endOf(
  end: DataOf<'run.finished'> | null,
  steps: readonly StepAccount[],
  expected: Expected,
  problems: string[],
): Accounted['ended'] {
  const unknown = steps.filter((step) => step.unknown)
  if (end?.status === 'done') {
    if (steps.length !== expected.steps.size) problems.push(`it is done with ${steps.length} steps`)
    for (const { name, output } of steps) if (output === null) problems.push(`it is done without ${name}`)
    const outputs = steps.map(({ output }) => output)
    const given = Array.isArray(end.output) ? end.output : [end.output]
    if (!isDeepStrictEqual(given, outputs)) problems.push('its output is not what its steps recorded')
    return 'done'
  }
  if (end?.reason === 'outcome_unknown') {
    const [one] = unknown
    if (unknown.length !== 1 || one !== steps.at(-1) || one?.idempotent !== false) {
      problems.push(`its outcome is unknown, those of ${unknown.map(({ name }) => name)} as well`)
    }
    return 'unknown'
  }
  return 'other'
}
