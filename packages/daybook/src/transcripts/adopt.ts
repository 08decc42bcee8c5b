// Adopting: copies the transcripts of other agents into sessions, once, however often and from wherever it is started.

import { dirname } from 'node:path'
import { isDaybookError } from '../schema/errors.ts'
import { Adoption, Elsewhere, type Pass, type Source } from './adoption.ts'
import type { FoundFile, Transcript, TranscriptReader } from './contract.ts'
import type { AdoptOptions, AdoptReport } from './contract-adopt.ts'
import { standingOf } from './place.ts'
import { countWhenSeen, rememberSeen } from './seen.ts'
import { Tally } from './tally.ts'
import { GatheringThreads } from './threads.ts'

/** Files that are read at the same time: while one waits for its commit, others are parsed. */
const atOnce = 6
/** Times that a transcript is begun again because somebody else wrote to its session meanwhile. */
const mostRaces = 20

/** The files of these readers that `accept` takes, in the readers' order. Opens none. */
export async function findAll(options: Pick<AdoptOptions, 'readers' | 'places' | 'accept'>): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  for (const reader of options.readers) {
    for await (const file of reader.find(options.places)) if (options.accept?.(file) ?? true) found.push(file)
  }
  return found
}

/**
 * Reads content: only after the person said yes. What one file refuses is told in the report and keeps nothing else from
 * being adopted; a failure of the store ends it. What is in the log stays there, and the next call goes on behind it.
 */
export async function adopt(options: AdoptOptions): Promise<AdoptReport> {
  const files = await findAll(options)
  const tally = new Tally(files)
  const folders = byFolder(files)
  const queue = folders.values()
  let left = folders.length
  // Where few folders are left, more of each is read ahead.
  const depth = () => Math.ceil(atOnce / left)
  const threads = options.threads && new GatheringThreads(options.threads)
  const pass: Pass = { options, tally, threads }
  const failed = new AbortController()
  const work = async () => {
    for (const folder of queue) {
      await adoptFolder(folder, pass, depth, failed.signal)
      left -= 1
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: atOnce }, () => work().catch((error) => fail(failed, error))),
  )
  await threads?.close()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return tally.report()
}

/** The others finish the file that they are at, so that nothing goes on behind the caller's back. */
function fail(failed: AbortController, error: unknown): never {
  failed.abort()
  throw error
}

/** A file on its way; `done` is rejected only where nothing more is to be adopted. */
class Underway {
  /** Those before it in its folder that were not done when it began; none once it is done, or each would keep all. */
  before: readonly Underway[]
  done: Promise<unknown> = Promise.resolve()
  /** Of its transcript, once that is known. */
  id: string | undefined

  constructor(before: readonly Underway[]) {
    this.before = before
  }

  /** Everything of the files before is in the log. */
  readonly come = async (): Promise<void> => {
    for (const { done } of this.before) await done
  }

  /** What the log knows of this transcript is all that it will know of it before its place in the order has come. */
  async knows({ id, origin }: Transcript): Promise<void> {
    this.id = id
    const same = origin !== undefined || this.before.some((one) => one.id === undefined || one.id === id)
    if (same) await this.come()
  }
}

/**
 * Files of one folder are written one after the other: where several hold one session, its order is theirs, and so is that of
 * the list of sessions. Up to `depth()` of them are read meanwhile.
 */
async function adoptFolder(
  files: readonly FoundFile[],
  pass: Pass,
  depth: () => number,
  failed: AbortSignal,
): Promise<void> {
  const { signal, onProgress } = pass.options
  const going: Underway[] = []
  try {
    for (const file of files) {
      while (going.length >= depth()) await going.shift()?.done
      signal?.throwIfAborted()
      if (failed.aborted) return
      const underway = new Underway([...going])
      underway.done = adoptFile(file, pass, underway).then(() => {
        underway.before = []
        onProgress?.(pass.tally.done(file))
      })
      underway.done.catch(() => undefined) // awaited when others follow, or below
      going.push(underway)
    }
    for (const { done } of going) await done
  } finally {
    await Promise.allSettled(going.map(({ done }) => done))
  }
}

function byFolder(files: readonly FoundFile[]): readonly (readonly FoundFile[])[] {
  return [...Map.groupBy(files, ({ agent, path }) => `${agent} ${dirname(path)}`).values()]
}

/** Codes that speak of a file or session, not of the store. */
const ofOneFile: ReadonlySet<string> = new Set([
  'not_found',
  'forbidden',
  'invalid',
  'too_large',
  'damaged',
  'conflict',
])

async function adoptFile(file: FoundFile, pass: Pass, underway: Underway): Promise<void> {
  const reader = pass.options.readers.find(({ agent }) => agent === file.agent)
  if (reader === undefined) return
  try {
    if (reader.holdsMany?.(file)) {
      await underway.come()
      await adoptMany(reader, file, pass)
      return
    }
    for await (const transcript of reader.transcripts(file)) {
      await underway.knows(transcript)
      await adoptTranscript({ reader, file, transcript, come: underway.come }, pass)
    }
  } catch (error) {
    if (!isDaybookError(error) || !ofOneFile.has(error.code)) throw error
    pass.tally.problem({ agent: file.agent, name: file.name, code: error.code, message: error.message })
  }
}

const come = () => Promise.resolve()

/** To look into such a file costs as much as reading it: one that is as it was when all of it was here is not opened. */
async function adoptMany(reader: TranscriptReader, file: FoundFile, pass: Pass): Promise<void> {
  const { sessions, folder } = pass.options
  const seen = await countWhenSeen(sessions, file)
  if (seen !== null) return pass.tally.unchanged(seen)
  let count = 0
  let isAllHere = folder === undefined
  for await (const transcript of reader.transcripts(file)) {
    count += 1
    isAllHere = (await adoptTranscript({ reader, file, transcript, come }, pass)) && isAllHere
  }
  if (isAllHere) await rememberSeen(sessions, file, count)
}

/** True when all that the transcript has now is in the log. */
async function adoptTranscript(source: Source, pass: Pass): Promise<boolean> {
  const { transcript } = source
  const { sessions } = pass.options
  for (let race = 0; ; race += 1) {
    try {
      const standing = await standingOf(sessions, transcript)
      if (standing.last?.mark !== transcript.mark) return await new Adoption(source, standing, pass).run()
      pass.tally.session(standing.session, 'unchanged')
      return true
    } catch (error) {
      if (error instanceof Elsewhere) return false
      if (!isDaybookError(error)) throw error
      if (error.code === 'gone' || error.code === 'trashed') {
        pass.tally.leftAlone(transcript.name)
        return false
      }
      if (!raced.has(error.code) || race === mostRaces) throw error
    }
  }
}

/** Somebody else wrote: what is known of the session is read again. */
const raced: ReadonlySet<string> = new Set(['conflict', 'exists', 'ref_taken'])
