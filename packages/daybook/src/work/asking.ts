// The append that asks for a run, and, where nothing stands before it, begins it at once.

import type { NewEntry } from '../schema/entries.ts'
import { isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Actor, RunId } from '../schema/ids.ts'
import type { Receipt, Session, Writing } from '../session/contract.ts'
import type { Key } from '../store/store.ts'
import { type Beginning, beginningOf } from './begin.ts'
import type { Claim, Claimed } from './claim.ts'
import type { RunFields } from './contract.ts'
import { journalOf } from './journal.ts'

export interface Asking {
  readonly handle: Session
  /** In whose name the handle writes. */
  readonly actor: Actor
  readonly run: RunId
  /** What a repeat with the same key must equal. */
  readonly fields: RunFields
  readonly key?: Key
  /** What asks for it on a head; throws to refuse. */
  readonly make: (head: Head) => readonly NewEntry[]
}

export interface Asked {
  readonly receipt: Receipt
  /** The head that it was written on; a repeat's was not looked at. */
  readonly before: Head | null
}

/**
 * The run's lease, its message and its beginning go out with what asks for it: one append, where each would be one of its own.
 * Null while another process has the lease: nothing is written then.
 */
export async function begin(
  asking: Asking,
  claim: Claim,
  setting: Parameters<typeof beginningOf>[3],
): Promise<Asked | null> {
  const { actor, run } = asking
  let beginning: Beginning | null = null
  let claimed: Claimed | null = null
  try {
    const asked = await ask(asking, (head, entries) => {
      beginning = beginningOf(head, entries, actor, setting)
      return beginning ? { entries: [...entries, ...beginning.entries], acquire: claim.acquire } : entries
    })
    const { before, receipt } = asked
    if (before && beginning && receipt.fence !== undefined) {
      const { call } = beginning as Beginning
      claimed = { head: before, run, fence: receipt.fence, journal: journalOf(receipt.entries), call }
    }
    return asked
  } catch (error) {
    if (beginning && isDaybookError(error) && error.code === 'busy') return null
    throw error
  } finally {
    claim.settle(claimed)
  }
}

export async function ask(
  { handle, run, fields, key, make }: Asking,
  more = (_: Head, entries: readonly NewEntry[]): readonly NewEntry[] | Writing => entries,
): Promise<Asked> {
  let before: Head | null = null
  const made = (head: Head): readonly NewEntry[] | Writing => {
    before = head
    return more(head, make(head))
  }
  const refs = [{ type: 'run', value: run }] as const
  const receipt = await handle.appendOn(made, fields, { ...(key ? { key } : undefined), refs })
  return { receipt, before }
}
