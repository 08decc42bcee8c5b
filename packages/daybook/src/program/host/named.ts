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

/** What stands behind this sign in a name says what the input is: another one under the same name is no repeat of it. */
const whatSign = '#'

interface Sent {
  readonly what: string | undefined
  readonly sending: Promise<number>
}

/** In memory only: pipes and terminals do not outlive the host either. What could not be sent may be given again. */
export function namedOnce(attached: Attached, out: Pick<Spool, 'offset'>): Named {
  const sent = new Map<string, Sent>()
  const write = async (bytes: Uint8Array): Promise<number> => {
    const { offset } = out
    await attached.write(bytes)
    return offset
  }
  /** It is among those that were used last. */
  const used = (name: string, one: Sent): void => {
    sent.delete(name)
    sent.set(name, one)
  }
  return {
    ...attached,
    sent: (names) =>
      Promise.all(
        names.map((name) => {
          const [id = ''] = name.split(whatSign)
          const one = sent.get(id)
          if (one) used(id, one)
          return one?.sending ?? null
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
      const [id = '', what] = name.split(whatSign)
      const known = sent.get(id)
      if (known && known.what !== what) {
        throw new DaybookError('key_reused', 'other input was sent under this name', { field: 'name' })
      }
      const one = known ?? { what, sending: write(bytes) }
      used(id, one)
      for (const [oldest] of sent) {
        if (sent.size <= rememberedNames) break
        sent.delete(oldest)
      }
      return one.sending.catch((error: unknown) => {
        if (sent.get(id) === one) sent.delete(id)
        throw error
      })
    },
  }
}
