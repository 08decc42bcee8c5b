// `daybook show --runs` and `--queue`: what was asked of a session, how it went, and what comes next.

import { limits } from '../../schema/json.ts'
import type { QueueShape } from '../../schema/wire-runs.ts'
import type { RunShape } from '../../schema/wire-shapes.ts'
import { namedMessage } from '../../work/tell.ts'
import type { BackendSession } from '../backend.ts'
import { endingOf, inputOf, performerOf, statusOf, stepsOf } from '../format/run.ts'
import { money } from '../format/session.ts'
import { ago, count, lasting } from '../format/time.ts'
import type { Output } from '../output.ts'

/** With the text in the place of an output that only names its message. */
export async function withAnswers(
  session: Pick<BackendSession, 'entries'>,
  runs: readonly RunShape[],
): Promise<readonly RunShape[]> {
  const named = (run: RunShape): number | null => namedMessage(run.output)
  const seqs = runs.flatMap((run) => named(run) ?? [])
  if (seqs.length === 0) return runs
  const range = { kind: ['message'], after: Math.min(...seqs) - 1, until: Math.max(...seqs), limit: limits.pageItems }
  const { entries } = await session.entries({ ...range, order: 'desc' })
  const texts = new Map(entries.map(({ seq, data }) => [seq, (data as { content?: unknown } | null)?.content]))
  return runs.map((run) => {
    const seq = named(run)
    return seq === null ? run : { ...run, output: texts.get(seq) ?? `#${seq}` }
  })
}

export function printRuns(output: Output, runs: readonly RunShape[], now: number): void {
  if (runs.length === 0) output.hint('no runs')
  const rows = runs.map((run) => [
    String(run.seq),
    statusOf(run),
    performerOf(run),
    ago(Date.parse(run.queued_at), now),
    run.duration_ms === null ? '' : lasting(run.duration_ms),
    stepsOf(run),
    run.usage === undefined ? '' : `${count(run.usage.total_tokens)} tokens`,
    money(run.cost ?? 0),
    [inputOf(run), endingOf(run, now)].filter((text) => text !== '').join(' → '),
  ])
  const right = { right: true }
  output.table(rows, {
    indent: 1,
    columns: [right, {}, {}, right, right, {}, right, right, { flexible: true }],
    styles: ['dim', undefined, 'cyan', 'dim'],
  })
}

export function printQueue(output: Output, queue: QueueShape['runs'], now: number): void {
  if (queue.length === 0) output.hint('nothing is queued')
  const rows = queue.map((queued) => [
    String(queued.position + 1),
    `#${queued.seq}`,
    performerOf(queued),
    ago(Date.parse(queued.queued_at), now),
    inputOf(queued),
  ])
  output.table(rows, {
    indent: 1,
    columns: [{ right: true }, {}, {}, { right: true }, { flexible: true }],
    styles: ['dim', 'dim', 'cyan', 'dim'],
  })
}
