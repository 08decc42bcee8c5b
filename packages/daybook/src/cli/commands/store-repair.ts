// `daybook store repair`: makes everything that is derived agree with the logs again; a log itself is never changed.

import { mustBeAtRest } from '../at-rest.ts'
import { type ExitCode, exits } from '../exits.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { findingLines, progress, sizeOf } from '../verifying.ts'

export const perform: Perform = async (context): Promise<ExitCode | undefined> => {
  await mustBeAtRest(context, await context.storePlace())
  const { store } = await context.store()
  const { repairStore } = await import('../../session/verify.ts')
  const report = await repairStore(store, undefined, progress(context))
  const { repaired, after } = report
  const { output, me } = context
  if (output.json) output.object(report)
  else {
    output.line(repaired.length === 0 ? 'nothing to repair' : `${many(repaired.length, 'finding')} repaired`)
    for (const line of findingLines(repaired)) output.line(line)
    output.line(`${sizeOf(after)}: ${after.healthy ? 'log and heads agree' : 'not all can be repaired'}`)
    for (const line of findingLines(after.findings)) output.line(line)
    if (!after.healthy) output.hint(`what is left needs a backup: ${me} store restore FILE`)
  }
  return after.healthy ? undefined : exits.failed
}
