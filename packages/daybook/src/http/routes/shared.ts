// What several routes do alike: receipts as entries, sessions as text, writes without a receipt of their own.

import type { StoredEntry } from '../../schema/entries.ts'
import { DaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Kind } from '../../schema/kinds.ts'
import { entryText } from '../../schema/wire.ts'
import type { Receipt, Session } from '../../session/contract.ts'
import { sessionShape } from '../../session/views/wire.ts'
import type { Call } from '../call.ts'
import type { Answer } from '../route.ts'

/** What a receipt names; a repeat's receipt names entries that are read again. */
export async function entriesOf(session: Session, receipt: Receipt): Promise<readonly StoredEntry[]> {
  if (receipt.entries.length > 0 || !receipt.replayed) return receipt.entries
  return session.stored({ after: receipt.first - 1, until: receipt.last })
}

/** The one entry that a write was about, as its answer; the engine may have put others around it. Waits for repeats only. */
export function entryAnswer(session: Session, receipt: Receipt, kind: Kind, status = 201): Answer | Promise<Answer> {
  const { entries } = receipt
  if (!receipt.replayed) return answerOf(entries, receipt, kind, status)
  return entriesOf(session, receipt).then((again) => answerOf(again, receipt, kind, status))
}

function answerOf(entries: readonly StoredEntry[], receipt: Receipt, kind: Kind, status: number): Answer {
  const entry = entries.findLast((each) => each.kind === kind)
  if (!entry) throw new DaybookError('internal', `a receipt without its ${kind}`)
  return { status, body: entryText(entry), seq: receipt.last, replayed: receipt.replayed }
}

/** A session as it is now. After a repeat this is its present state, as promised, not that of the first answer. */
export async function sessionAnswer(
  call: Call,
  session: Session,
  told: { status?: number; replayed?: boolean } = {},
): Promise<Answer> {
  const [head, cell] = await Promise.all([session.head(), session.cell()])
  return { ...told, body: JSON.stringify(await sessionShape(call.mine, head, cell)), seq: head.seq }
}

/** For writes that are outside the log: `If-Match` against the present head. */
export function checkSeq(call: Call, head: Head): void {
  const { ifMatch } = call
  if (ifMatch !== undefined && ifMatch !== head.seq) {
    throw new DaybookError('precondition_failed', `the session is at ${head.seq}`, { field: 'If-Match', seq: head.seq })
  }
}

/** What a browser sends when it reconnects; it is newer than the address, which stays as it was. */
export function lastEventId({ request }: Call): number | undefined {
  const given = request.headers['last-event-id']
  if (given === undefined || given === '') return undefined
  if (typeof given !== 'string' || !/^\d{1,15}$/.test(given)) {
    throw new DaybookError('invalid', 'Last-Event-ID must be the seq of an entry', { field: 'Last-Event-ID' })
  }
  return Number(given)
}
