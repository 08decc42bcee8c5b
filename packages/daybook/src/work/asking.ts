// The append that asks for a run, and, where nothing stands before it, begins it at once.

import type { NewEntry } from '../schema/entries.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Actor, RunId, Seq } from '../schema/ids.ts'
import type { Receipt, Session, Writing } from '../session/contract.ts'
import type { Key } from '../store/store.ts'
import { type Beginning, type BeginSetting, beginningOf } from './begin.ts'
import type { Claim, Claimed } from './claim.ts'
import type { RunFields, RunReceipt } from './contract.ts'
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
  /** Where the active history ends first. */
  readonly rewind?: Seq | undefined
}

export interface Asked {
  readonly receipt: Receipt
  /** The head that it was written on; a repeat's was not looked at. */
  readonly before: Head | null
  /** The run is being performed: nobody has to look for it. */
  readonly begun?: true
}

/**
 * The run's lease, its message and its beginning go out with what asks for it: one append, where each would be one of its own.
 * Null while another process has the lease: nothing is written then.
 */
export async function begin(asking: Asking, claim: Claim, setting: BeginSetting): Promise<Asked | null> {
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
      claimed = {
        ...{ head: before, run, fence: receipt.fence, last: receipt.last },
        journal: journalOf(receipt.entries),
        entries: receipt.entries,
        call,
      }
    }
    return claimed ? { ...asked, begun: true } : asked
  } catch (error) {
    if (beginning && isDaybookError(error) && error.code === 'busy') return null
    throw error
  } finally {
    claim.settle(claimed)
  }
}

export async function ask(
  { handle, run, fields, key, make, rewind }: Asking,
  more = (_: Head, entries: readonly NewEntry[]): readonly NewEntry[] | Writing => entries,
): Promise<Asked> {
  let before: Head | null = null
  const made = (head: Head): readonly NewEntry[] | Writing => {
    before = head
    return more(head, make(head))
  }
  const refs = [{ type: 'run', value: run }] as const
  const receipt = await handle.appendOn(made, fields, {
    ...(key ? { key } : undefined),
    ...(rewind === undefined ? undefined : { rewind }),
    refs,
  })
  return { receipt, before }
}

/** @param before the head that was written on; of a repeat there is none */
export async function receiptFor(session: Session, receipt: Receipt, before: Head | null): Promise<RunReceipt> {
  const { first, last, replayed } = receipt
  const entries = replayed ? await session.stored({ after: first - 1, until: last }) : receipt.entries
  const entry = entries.find(({ kind }) => kind === 'run.queued' || kind === 'run.steered')
  const run = entry?.run
  if (!entry || run === undefined) throw new DaybookError('internal', 'a run was queued without an entry')
  // Where nothing stood before, nothing has to be looked up.
  const alone = !replayed && before?.openRuns.length === 0
  const { openRuns } = alone ? { openRuns: [] } : await session.head()
  const at = openRuns.filter(({ parent }) => parent === undefined).findIndex((open) => open.run === run)
  return {
    session: session.id,
    run,
    seq: entry.seq ?? first,
    position: Math.max(at, 0),
    steered: entry.kind === 'run.steered',
    replayed,
  }
}
