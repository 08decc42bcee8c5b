// Checking an export offline: no store, nothing written, every problem told with its line.

import type { SessionId } from '../../schema/ids.ts'
import { BundleCheck } from './bundle.ts'
import type { BundleReport } from './contract.ts'
import { parseLine } from './format.ts'

/** Problems that are told; the reading goes on behind them for the counts. */
const mostProblems = 1000

/** Lines without their ends; memory grows with the number of sessions and blobs. */
export async function checkBundle(lines: AsyncIterable<string>): Promise<BundleReport> {
  const problems: { session: SessionId | null; line: number; detail: string }[] = []
  let number = 0
  const tell = (session: SessionId | null, detail: string): void => {
    if (problems.length < mostProblems) problems.push({ session, line: number, detail })
  }
  const check = new BundleCheck(({ session, detail }) => tell(session, detail))
  for await (const text of lines) {
    number += 1
    const line = parseLine(text)
    if (typeof line === 'string') tell(null, line)
    else take(check, line)
  }
  check.endBlock()
  check.finish()
  const { sessions, entries, blobs } = check
  return { sessions, entries, blobs, problems }
}

function take(check: BundleCheck, line: Exclude<ReturnType<typeof parseLine>, string>): void {
  if (line.type === 'header') {
    check.header(line)
    return
  }
  check.place()
  if (line.type === 'session' || line.type === 'end') check.endBlock()
  if (line.type === 'session') check.begin(line)
  else if (line.type === 'end') check.end(line)
  else if (line.type === 'entry') check.entry(line)
  else if (line.type === 'blob') check.blob(line)
}
