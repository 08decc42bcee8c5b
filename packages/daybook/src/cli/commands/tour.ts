// `daybook tour`: ninety seconds with a server of its own, which is killed under the person's finger.

import type { Context } from '../context.ts'
import { type ExitCode, exits } from '../exits.ts'
import { beside } from '../format/columns.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { type TourStep, tour } from '../tour/tour.ts'

/** Cells before the detail of a step. */
const textWidth = 62
/** Milliseconds in which the person may press the key; then it goes by itself. */
const patience = 12_000

export const perform: Perform = async (context): Promise<ExitCode | undefined> => {
  const { host, output } = context
  const begun = performance.now()
  let told = 0
  const steps = await tour({
    program: host.program,
    env: host.env,
    signal: host.signal,
    branch: await context.branch(),
    parts: host.parts,
    press: (pid, signal) => pressed(context, pid, signal),
    onStep: (step) => {
      if (!output.json) output.line(lineOf(context, step, step.step !== told))
      told = step.step
    },
    onWord: (text) => {
      if (!output.json) output.line(`   ${text}`)
    },
    onProgress: output.json ? () => undefined : (text) => output.progress(text),
  })
  const ok = steps.every((step) => step.ok)
  const ms = Math.round(performance.now() - begun)
  if (output.json) output.object({ ok, ms, steps })
  else if (!ok) output.line('the tour ended early: do not trust this machine with your work yet')
  if (ok) output.hint(`nothing of it is left   your own: ${context.me} adopt --dry-run   ${context.me} --help`)
  return ok ? undefined : exits.failed
}

/** `first`: the line begins a step and bears its number. */
function lineOf({ output }: Context, { step, ok, text, detail }: TourStep, first: boolean): string {
  const line = beside(`${first ? step : ' '}  ${text}`, oneLine(detail), textWidth)
  return ok ? line : output.style('red', `${line}   FAILED`)
}

/** Returns on K, after a while without it, and at once where nobody can be asked. */
async function pressed({ host, output, yes }: Context, pid: number, signal: AbortSignal): Promise<void> {
  if (yes || !host.person || output.json) return
  output.line(`   press K and the server is killed (kill -9, pid ${pid}); in ${patience / 1000} s it goes by itself`)
  const until = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  for (let key = await host.key(until); key !== null; key = await host.key(until)) {
    if (/^k/i.test(key)) return
  }
  signal.throwIfAborted()
  output.line('   no key: it goes by itself')
}
