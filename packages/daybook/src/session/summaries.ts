// Summaries: the latest one of a session, and a plain one made from the log without a model.

import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import type { Seq } from '../schema/ids.ts'
import type { DataOf } from '../schema/kinds.ts'
import type { SummaryFields, SummaryRecord } from './contract.ts'
import { dataOf } from './decode.ts'
import type { SessionHandle } from './session.ts'

export async function summaryOf(session: SessionHandle): Promise<SummaryRecord | null> {
  const head = await session.head()
  if (!head.summary) return null
  const { seq } = head.summary
  const [entry] = await session.store.read(session.id, { after: seq - 1, until: seq })
  const data = entry && dataOf(entry, 'summary')
  if (!entry || !data) return null
  return {
    text: data.text,
    coversSeq: data.covers_seq,
    ...(data.model === undefined ? undefined : { model: data.model }),
    runCount: head.runs,
    totalTokens: head.tokens,
    createdAt: entry.at,
  }
}

/** What is written of a summary. */
export async function summaryData(
  session: SessionHandle,
  given: string | SummaryFields | undefined,
): Promise<DataOf<'summary'>> {
  const head = await session.head()
  const {
    text,
    coversSeq = head.seq,
    model,
    usage,
    cost,
  }: Partial<SummaryFields> = typeof given === 'object' ? given : given === undefined ? {} : { text: given }
  if (coversSeq > head.seq || coversSeq < 1) {
    throw new DaybookError('invalid', `there is no entry ${coversSeq} to cover`, { field: 'coversSeq' })
  }
  return {
    covers_seq: coversSeq,
    text: text ?? (await plainSummary(session, head, coversSeq)),
    ...(model === undefined ? undefined : { model }),
    ...(usage === undefined ? undefined : { usage }),
    ...(cost === undefined ? undefined : { cost }),
  }
}

/** Facts only, the same for the same log; what makes it is loaded when one is wanted. */
async function plainSummary(session: SessionHandle, head: Head, until: Seq): Promise<string> {
  const { summaryText } = await import('./summary/text.ts')
  return summaryText(session.store, until === head.seq ? head : { ...head, seq: until, last: null })
}
