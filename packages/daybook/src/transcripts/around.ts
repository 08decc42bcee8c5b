// What other agents left here, as far as names, sizes and dates tell it: for greetings, before anybody said yes to reading.

import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { FoundFile, Places, TranscriptReader } from './contract.ts'

/** The transcripts of one agent that nothing of is in the log yet. */
export interface LeftByAgent {
  readonly agent: string
  /** As people know it. */
  readonly title: string
  /** An agent may keep several sessions in one file. */
  readonly files: number
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly newest: number
  /** Files that its own program deletes within {@link warnedDays}. */
  readonly due: number
}

export interface Around {
  /** Agents whose program can be started, as it is typed. */
  readonly programs: readonly string[]
  readonly left: readonly LeftByAgent[]
  /** Nothing was left, and the log has no session at all: whoever looks has still to see what this is for. */
  readonly nothing: boolean
}

export interface AroundOptions {
  readonly readers: readonly TranscriptReader[]
  readonly places: Places
  /** Milliseconds since 1970. */
  readonly now: number
  /** Whether the log has sessions: of this agent, then what it left is no news, or any. */
  readonly has: (agent?: string) => Promise<boolean>
  /** Ends the walk through folders: what was found until then is told. */
  readonly signal?: AbortSignal
}

/** Days ahead of which a deletion is told. */
const warnedDays = 3
const dayMs = 24 * 3_600_000

/** Opens no file. */
export async function lookAround({ readers, places, now, has, signal }: AroundOptions): Promise<Around> {
  const all = await Promise.all(
    readers.map(async (reader) => {
      const left = await leftIn(reader.find(places), reader, now, signal)
      return left === null || (await has(reader.agent)) ? [] : [left]
    }),
  )
  const started = await Promise.all(readers.map(({ agent }) => isProgram(agent, places.env?.PATH)))
  const left = all.flat()
  const nothing = left.length === 0 && !(await has())
  return { programs: readers.flatMap(({ agent }, at) => (started[at] ? [agent] : [])), left, nothing }
}

/** Of these files of one agent; null where there are none. */
export async function leftIn(
  found: AsyncIterable<FoundFile> | Iterable<FoundFile>,
  { agent, title, keepsDays = Number.POSITIVE_INFINITY }: TranscriptReader,
  now: number,
  signal?: AbortSignal,
): Promise<LeftByAgent | null> {
  let [files, bytes, newest, due] = [0, 0, 0, 0]
  for await (const { size, changedAt } of found) {
    if (signal?.aborted) break
    files += 1
    bytes += size
    newest = Math.max(newest, changedAt)
    if (now - changedAt > (keepsDays - warnedDays) * dayMs) due += 1
  }
  return files === 0 ? null : { agent, title, files, bytes, newest, due }
}

async function isProgram(name: string, path = ''): Promise<boolean> {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false, // not there, or not for this person: both mean that it cannot be started
    )
    if (found) return true
  }
  return false
}

/** Empty where nothing is due. */
export function dueText({ due, title }: Pick<LeftByAgent, 'due' | 'title'>): string {
  return due === 0 ? '' : `${due.toLocaleString('en-US')} due for deletion by ${title} within ${warnedDays} days`
}

/** What was found, as every surface says it; a line each, none when there is nothing. */
export function aroundLines({ left }: Pick<Around, 'left'>): readonly string[] {
  if (left.length === 0) return []
  const number = (count: number): string => count.toLocaleString('en-US')
  const files = left.reduce((sum, one) => sum + one.files, 0)
  const each = left.map(({ title, files }) => `${title} ${number(files)}`).join(', ')
  const due = left
    .filter((one) => one.due > 0)
    .map(({ title, due }) => {
      const some = due === 1 ? '1 of them is' : `${number(due)} of them are`
      return `${some} due for deletion by ${title} within ${warnedDays} days`
    })
  return [`${number(files)} ${files === 1 ? 'file' : 'files'} with sessions of other agents here: ${each}`, ...due]
}
