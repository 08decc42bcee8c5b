// Adopting: copies the transcripts of other agents into sessions, once, however often and from wherever it is started.

import { dirname } from 'node:path'
import { isDaybookError } from '../schema/errors.ts'
import { Adoption, Elsewhere, type Pass, type Source } from './adoption.ts'
import type { FoundFile, TranscriptReader } from './contract.ts'
import type { AdoptOptions, AdoptReport } from './contract-adopt.ts'
import { standingOf } from './place.ts'
import { countWhenSeen, rememberSeen } from './seen.ts'
import { Tally } from './tally.ts'
import { GatheringThreads } from './threads.ts'

/** Folders that are read at the same time: while one waits for its commit, others are parsed. */
const atOnce = 4
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
  const queue = byFolder(files).values()
  const threads = options.threads && new GatheringThreads(options.threads)
  const pass: Pass = { options, tally, threads }
  const failed = new AbortController()
  const work = async () => {
    for (const folder of queue) {
      for (const file of folder) {
        options.signal?.throwIfAborted()
        if (failed.signal.aborted) return
        await adoptFile(file, pass)
        options.onProgress?.(tally.done(file))
      }
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

/** Files of one folder are read one after the other: where several hold one session, its order is theirs. */
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

async function adoptFile(file: FoundFile, pass: Pass): Promise<void> {
  const reader = pass.options.readers.find(({ agent }) => agent === file.agent)
  if (reader === undefined) return
  try {
    if (reader.holdsMany?.(file)) await adoptMany(reader, file, pass)
    else
      for await (const transcript of reader.transcripts(file)) await adoptTranscript({ reader, file, transcript }, pass)
  } catch (error) {
    if (!isDaybookError(error) || !ofOneFile.has(error.code)) throw error
    pass.tally.problem({ agent: file.agent, name: file.name, code: error.code, message: error.message })
  }
}

/** To look into such a file costs as much as reading it: one that is as it was when all of it was here is not opened. */
async function adoptMany(reader: TranscriptReader, file: FoundFile, pass: Pass): Promise<void> {
  const { sessions, folder } = pass.options
  const seen = await countWhenSeen(sessions, file)
  if (seen !== null) return pass.tally.unchanged(seen)
  let count = 0
  let isAllHere = folder === undefined
  for await (const transcript of reader.transcripts(file)) {
    count += 1
    isAllHere = (await adoptTranscript({ reader, file, transcript }, pass)) && isAllHere
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
