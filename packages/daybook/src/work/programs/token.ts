// The token that a new process of a program may go on with: of the same home and folder, and of no newer version.

import type { LiveProgram } from '../../program/contract.ts'
import type { DataOf } from '../../schema/kinds.ts'
import { tokenEntry } from './bound.ts'
import { newest } from './newest.ts'
import type { Teller } from './telling.ts'

/**
 * Null where it begins a session of its own. One that does not fit is refused for good: what is said from here on stands in
 * another session of the program, and going back to that would leave it out.
 */
export async function usableToken(teller: Teller, program: LiveProgram): Promise<string | null> {
  const { session, run, driver, workdir, home } = teller
  const found = await tokenEntry(session, program.name, driver)
  if (found === null) return null
  const { value, process_id } = found
  const isThere = found.workdir === workdir && (found.home === undefined || found.home === home)
  if (isThere && !(await isOlder(teller, program))) return value
  const data = { process_id, run_id: run, program: program.name, driver, value }
  await session.append({ kind: 'process.token_refused', data, run }, { key: `${run} ${driver} token unfit` })
  return null
}

/** Than what wrote its session last: that it may damage without a word. */
async function isOlder({ session, run, driver }: Teller, program: LiveProgram): Promise<boolean> {
  if (!program.guarded) return false
  const own = (await session.head()).base?.seq ?? 0
  const fits = (data: DataOf<'process.started'>): boolean =>
    data.program === program.name && data.driver === driver && data.run_id !== run
  const [before, now] = [(await newest(session, 'process.started', own, fits))?.version, await program.version(driver)]
  return before !== undefined && now !== undefined && isBelow(now, before)
}

/** By the first two numbers; what says no version is below none. */
function isBelow(version: string, other: string): boolean {
  const [one, two] = [version, other].map((text) => /(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number))
  if (!one || !two) return false
  const [major = 0, minor = 0] = one
  const [otherMajor = 0, otherMinor = 0] = two
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
