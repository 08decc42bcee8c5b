// Input to the process of a prompt, each under a name so that it is typed once.

import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { Prompt } from '../contract.ts'
import type { ProcessHost } from '../host/contract.ts'

export interface Receiver {
  readonly setting: { readonly host: ProcessHost }
  readonly prompt: Pick<Prompt, 'process'>
}

/** Gives the offset of the output before which it was typed, now or before. Errors as of {@link ProcessHost}. */
export async function send({ setting, prompt }: Receiver, keys: string, name: string): Promise<number> {
  const at = await setting.host.write(prompt.process, keys, name)
  if (at === null) throw new DaybookError('internal', 'input with a name has no place')
  return at
}

/** Null where the process has ended meanwhile, which is told behind its output. */
export async function orGone<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (isDaybookError(error) && error.code === 'invalid_state') return null
    throw error
  }
}
