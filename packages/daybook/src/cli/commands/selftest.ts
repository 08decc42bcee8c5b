// `daybook selftest`: proves on this machine that what is stored survives a killed server; one line per check.

import type { Context } from '../context.ts'
import { type ExitCode, exits } from '../exits.ts'
import { many } from '../format/time.ts'
import { oneLine, pad } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { type Check, selftest } from '../selftest/selftest.ts'

/** Cells of the longest name of a check, so that lines are aligned before the last one is known. */
const nameWidth = 39

export const perform: Perform = async (context): Promise<ExitCode | undefined> => {
  const { host, output } = context
  const begun = performance.now()
  const checks = await selftest({
    program: host.program,
    env: host.env,
    signal: host.signal,
    parts: host.parts,
    onCheck: (check) => {
      if (!output.json) output.line(lineOf(context, check))
    },
  })
  const ms = Math.round(performance.now() - begun)
  const failed = checks.filter(({ ok }) => !ok).length
  const ok = failed === 0
  if (output.json) output.object({ ok, ms, checks })
  else {
    const verdict = ok ? 'what is stored survives' : `${failed} FAILED: do not trust this machine with your work yet`
    output.line(`${many(checks.length, 'check')}, ${ms} ms: ${verdict}`)
  }
  return ok ? undefined : exits.failed
}

function lineOf({ output }: Context, { name, ok, detail, ms }: Check): string {
  const sign = ok ? '✓' : '✗'
  const word = ok ? 'ok    ' : 'FAILED'
  const mark = output.width === undefined ? word : output.style(ok ? 'green' : 'red', sign)
  return `${mark}  ${pad(name, nameWidth)}  ${`${ms} ms`.padStart(8)}  ${oneLine(detail)}`
}
