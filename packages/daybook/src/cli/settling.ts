// Follows a run until it has ended or needs somebody, with its unfinished output shown as it comes.

import type { RunReceiptShape, RunStateShape } from '../schema/wire-runs.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'
import { textOfDelta, textSoFar } from './format/run.ts'
import { timeOf } from './format/time.ts'
import { harmless, oneLine } from './format/width.ts'

export interface Settled {
  readonly run: RunStateShape
  /** What was streamed to standard output already. */
  readonly streamed: string
}

/** A pause that is waited through: the next attempt after a failure, more than a reminder for tomorrow. */
const patienceMs = 60_000

const telling: ReadonlySet<string> = new Set(['run.waiting', 'run.finished', 'run.cancelled', 'run.withdrawn'])

/** Null when the command was interrupted before. */
export async function settle(
  context: Context,
  backend: Backend,
  { session_id, run_id, seq }: Pick<RunReceiptShape, 'session_id' | 'run_id' | 'seq'>,
): Promise<Settled | null> {
  const { host, output } = context
  let streamed = ''
  const show = async (delta: unknown): Promise<void> => {
    const { run, text: piece, progress } = textOfDelta(delta)
    const soFar = textSoFar(delta)
    // What was missed is shown; what was shown already is not shown again.
    const text = soFar === null ? piece : soFar.startsWith(streamed) ? soFar.slice(streamed.length) : ''
    if (run !== run_id) return
    // On a terminal a line of progress would wipe out what stands there of the answer.
    if (progress !== '' && streamed === '') output.progress(oneLine(progress))
    // Piped output is the answer alone, the same however it came about.
    if (text === '' || output.width === undefined || output.json) return
    streamed += text
    await output.stream(harmless(text))
  }
  for await (const item of backend.session(session_id).followDeltas(seq, watching(context))) {
    if ('delta' in item) {
      await show(item.delta)
      continue
    }
    if (item.run_id !== run_id || !telling.has(item.kind)) continue
    const run = await backend.runs.get(run_id)
    if (isSettled(run, host.now())) return { run, streamed }
  }
  return null
}

function isSettled({ status, reason, until }: RunStateShape, now: number): boolean {
  if (status === 'queued' || status === 'running') return false
  if (status !== 'waiting' || reason !== 'until' || until === undefined) return true
  return Date.parse(until) - now > patienceMs
}

function watching({ host, output }: Context) {
  return {
    signal: host.signal,
    onLost: () => output.hint(`-- connection lost ${timeOf(host.now(), true)} --`),
    onBack: () => output.hint(`-- again at ${timeOf(host.now(), true)}, nothing missed --`),
  }
}
