// Input that has a name goes to its process once, however often it is given: whoever gave it may not have heard the answer.

import { DaybookError } from '../../schema/errors.ts'
import type { Attached } from './attached.ts'
import type { Spool } from './spool.ts'

/** Names that are remembered for each process, those that were used last. */
export const rememberedNames = 4_096

export interface Named extends Omit<Attached, 'write'> {
  /** Of bytes with a name gives the offset of its output before which they were sent, else null. */
  write(bytes: Uint8Array, name?: string): Promise<number | null>
  sent(names: readonly string[]): Promise<readonly (number | null)[]>
}

/** In memory only: pipes and terminals do not outlive the host either. What could not be sent may be given again. */
export function namedOnce(attached: Attached, out: Pick<Spool, 'offset'>): Named {
  const sent = new Map<string, Promise<number>>()
  const write = async (bytes: Uint8Array): Promise<number> => {
    const { offset } = out
    await attached.write(bytes)
    return offset
  }
  /** It is among those that were used last. */
  const used = (name: string, sending: Promise<number>): void => {
    sent.delete(name)
    sent.set(name, sending)
  }
  return {
    ...attached,
    sent: (names) =>
      Promise.all(
        names.map((name) => {
          const sending = sent.get(name)
          if (sending) used(name, sending)
          return sending ?? null
        }),
      ),
    async write(bytes, name) {
      if (name === undefined) {
        await attached.write(bytes)
        return null
      }
      if (name === '' || name.length > 512) {
        throw new DaybookError('invalid', 'the name of an input has 1 to 512 characters', { field: 'name' })
      }
      const sending = sent.get(name) ?? write(bytes)
      used(name, sending)
      for (const [oldest] of sent) {
        if (sent.size <= rememberedNames) break
        sent.delete(oldest)
      }
      return sending.catch((error: unknown) => {
        if (sent.get(name) === sending) sent.delete(name)
        throw error
      })
    },
  }
}
