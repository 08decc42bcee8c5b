// Input that has a name goes to its process once, however often it is given: whoever gave it may not have heard the answer.

import { DaybookError } from '../../schema/errors.ts'
import type { Attached } from './attached.ts'

/** Names of the newest inputs that are remembered for each process. */
export const rememberedNames = 4_096

/** In memory only: pipes and terminals do not outlive the host either. What could not be sent may be given again. */
export function namedOnce(attached: Attached): Attached {
  const sent = new Map<string, Promise<void>>()
  return {
    ...attached,
    write(bytes, name) {
      if (name === undefined) return attached.write(bytes)
      if (name === '' || name.length > 512) {
        throw new DaybookError('invalid', 'the name of an input has 1 to 512 characters', { field: 'name' })
      }
      const known = sent.get(name)
      if (known) return known
      const sending = attached.write(bytes)
      sent.set(name, sending)
      for (const [oldest] of sent) {
        if (sent.size <= rememberedNames) break
        sent.delete(oldest)
      }
      return sending.catch((error: unknown) => {
        sent.delete(name)
        throw error
      })
    },
  }
}
