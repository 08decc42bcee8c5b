// What the commands that verify a store say alike.

import type { VerifyFinding, VerifyOptions, VerifyReport } from '../session/verify/contract.ts'
import type { Context } from './context.ts'
import { columns } from './format/columns.ts'
import { many } from './format/time.ts'
import { oneLine } from './format/width.ts'

export function sizeOf({ sessions, entries, blobs }: VerifyReport): string {
  return `${many(sessions, 'session')}, ${many(entries, 'entry', 'entries')}, ${many(blobs, 'blob')}`
}

export function findingLines(findings: readonly VerifyFinding[]): readonly string[] {
  return columns(
    findings.map(({ what, session, seq, detail, severity }) => [
      severity,
      what,
      session === null ? '' : `${session}${seq === null ? '' : `@${seq}`}`,
      oneLine(detail),
    ]),
    { indent: 2 },
  )
}

/** Ends with Ctrl-C, and counts where somebody watches. */
export function progress({ output, host }: Context): VerifyOptions {
  let told = 0
  return {
    signal: host.signal,
    onProgress({ sessions, entries }) {
      const now = host.now()
      if (now - told < 100) return
      told = now
      output.progress(`${many(sessions, 'session')}, ${many(entries, 'entry', 'entries')}`)
    },
  }
}
