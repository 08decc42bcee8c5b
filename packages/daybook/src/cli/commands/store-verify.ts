// `daybook store verify`: proves that logs, chains, heads, forks and blobs agree.

import { type ExitCode, exits } from '../exits.ts'
import type { Perform } from '../grammar.ts'
import { findingLines, progress, sizeOf } from '../verifying.ts'

export const perform: Perform = async (context): Promise<ExitCode | undefined> => {
  const { store } = await context.store()
  const { verifyStore } = await import('../../session/verify.ts')
  const report = await verifyStore(store, progress(context))
  const { output, me } = context
  if (output.json) output.object(report)
  else {
    const damaged = report.findings.filter(({ severity }) => severity === 'damaged').length
    output.line(`${sizeOf(report)}: ${report.healthy ? 'log and heads agree' : `${damaged} damaged`}`)
    for (const line of findingLines(report.findings)) output.line(line)
    if (report.findings.some(({ repairable }) => repairable))
      output.hint(`${me} store repair   mends what can be mended`)
  }
  return report.healthy ? undefined : exits.failed
}
