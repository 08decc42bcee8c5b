// Calls a skill without a run around it, for the tests of whoever writes one.

import { DaybookError } from '../../schema/errors.ts'
import { newId } from '../../schema/ids.ts'
import type { Json } from '../../schema/json.ts'
import type { SkillContext, SkillDefinition } from './contract.ts'

/**
 * The output of one call, with input and output checked as in a run. Steps are done at once and waits are over at once;
 * what else the skill uses of its context (`session`, `ask`) has to be given.
 *
 * @throws DaybookError `invalid` for a definition, input or output that does not fit, and for a part of the context that is missing
 */
export async function callSkill<Input extends Json, Output extends Json | undefined>(
  definition: SkillDefinition<Input, Output>,
  input: Input,
  context: Partial<SkillContext> = {},
): Promise<Output> {
  const { skillOf } = await import('./skill.ts')
  const { run } = skillOf(definition, 'built-in')
  return (await run?.(input, Object.freeze({ ...contextFor(), ...context }))) as Output
}

function contextFor(): SkillContext {
  const signal = new AbortController().signal
  const now = Date.now()
  return {
    now,
    timeZone: 'UTC',
    run: newId('run', now),
    caller: {},
    key: 'call',
    attempt: 1,
    signal,
    progress: () => undefined,
    delta: () => undefined,
    step: async (name, effect) => effect({ key: `call ${name}`, attempt: 1, signal }),
    wait: async () => undefined,
    ask: () => Promise.reject(missing('ask')),
    session: new Proxy(Object.create(null), {
      get: () => {
        throw missing('session')
      },
    }),
  }
}

function missing(part: string): DaybookError {
  return new DaybookError('invalid', `the skill uses context.${part}, which this call does not give it`, {
    field: `context.${part}`,
    hint: `callSkill(skill, input, { ${part} })`,
  })
}
