// What a person reads of a session: what was said, done, asked and decided, without the machinery of runs and processes.

import type { EntryShape } from '../../schema/wire-shapes.ts'

type Fields = Readonly<Record<string, unknown>>

const machinery: ReadonlySet<string> = new Set([
  ...['run.queued', 'run.started', 'run.edited', 'run.moved', 'step.started', 'wait.started', 'wait.ended'],
  ...['program.bound', 'process.started', 'process.ready', 'process.captured', 'process.token_found'],
  ...['process.auto_command_sent', 'process.activity_changed', 'foreign.recorded', 'transcript.adopted'],
])

/** Kinds of which only some tell a person something: what went well is told by what came of it. */
const telling: Readonly<Record<string, (data: Fields) => boolean>> = {
  'step.finished': ({ unknown }) => unknown === true,
  'run.finished': ({ status, output }) => status !== 'done' || (fieldsOf(output).exit_code ?? 0) !== 0,
  'run.waiting': ({ reason }) => reason === 'budget_paused',
  'process.exited': ({ exit_code: code }) => code !== 0,
}

function isPlain({ kind, data }: EntryShape): boolean {
  if (machinery.has(kind)) return false
  const tells = telling[kind]
  return tells === undefined || tells(fieldsOf(data))
}

/**
 * Tells of entries that come newest first whether they are plain. What was printed is not, where its run ended well: that
 * end comes before it, the answer behind it, perhaps many pages away.
 */
export function plainFromNewest(): (entry: EntryShape) => boolean {
  const done = new Set<string>()
  return (entry) => {
    const { kind, run_id, data } = entry
    if (kind === 'run.finished' && run_id !== undefined && fieldsOf(data).status === 'done') done.add(run_id)
    return isPlain(entry) && !(isPrinted(entry) && run_id !== undefined && done.has(run_id))
  }
}

/** Output that the answer of the same run says as well is left out. */
export function withoutEchoes(entries: readonly EntryShape[]): readonly EntryShape[] {
  const answered = new Set(entries.filter(isAnswer).map(({ run_id }) => run_id))
  return entries.filter((entry) => !isPrinted(entry) || !answered.has(entry.run_id))
}

function isPrinted({ kind, data }: EntryShape): boolean {
  return kind === 'process.output' && fieldsOf(data).stream === 'out'
}

function isAnswer({ kind, run_id, data }: EntryShape): boolean {
  return kind === 'message' && run_id !== undefined && fieldsOf(data).role === 'assistant'
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
