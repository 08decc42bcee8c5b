// Summaries: the latest one of a session, and a plain one made from the log without a model.

import type { Head } from '../schema/heads.ts'
import type { Seq } from '../schema/ids.ts'
import { dataOf } from './decode.ts'
import type { SessionHandle } from './session.ts'

export interface SummaryRecord {
  readonly text: string
  readonly coversSeq: Seq
  readonly runCount: number
  readonly totalTokens: number
  readonly createdAt: number
}

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
    runCount: head.runs,
    totalTokens: head.tokens,
    createdAt: entry.at,
  }
}

/** Facts only, the same for the same log; what makes it is loaded when one is wanted. */
export async function plainSummary(session: SessionHandle, head: Head): Promise<string> {
  const { summaryText } = await import('./summary/text.ts')
  return summaryText(session.store, head)
}
