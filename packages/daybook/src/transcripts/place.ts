// Where adopting a transcript stands: its session here, how far it was read, and which records are known already.

import type { DataOf } from '../schema/data.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { idFromDigest, type Seq, type SessionId } from '../schema/ids.ts'
import type { ScopedSessions, Session } from '../session/contract.ts'
import { recordKey } from '../session/kept-records.ts'
import type { Redactor } from '../session/redact.ts'
import { digestOf } from '../store/hash.ts'
import type { Ref } from '../store/store.ts'
import type { Transcript, Translator } from './contract.ts'
import { writtenRecords } from './origin.ts'
import { masked, unpack } from './raw.ts'

export type Adopted = DataOf<'transcript.adopted'>

export interface Standing {
  readonly session: SessionId
  /** Null before the first append. */
  readonly head: Head | null
  /** The last append that took something of this transcript. */
  readonly last: Adopted | null
  /** The seq before the next append. */
  readonly seq: Seq
  /** The session does not have the transcript's name yet. */
  readonly isUnnamed: boolean
  /** Of a transcript that was written here, whose session went on since: it begins as a fork from there. */
  readonly fork?: { readonly of: SessionId; readonly at: Seq }
}

const page = 64
/** The newest one mostly is the one that is looked for, and each may carry a memo. */
const newest = 1

export function refOf({ agent, id }: Pick<Transcript, 'agent' | 'id'>): Ref {
  return { type: `foreign.${agent}`, value: id }
}

/** @throws DaybookError `gone` when a person deleted the session here, `trashed` while it is in the trash. */
export async function standingOf(sessions: ScopedSessions, transcript: Transcript): Promise<Standing> {
  const located = await sessions.locate(refOf(transcript))
  const session = located ?? derivedId(sessions, transcript)
  const head = await headOf(sessions.session(session))
  const isUnnamed = located === null
  if (head === null) {
    if (!isUnnamed) throw new DaybookError('gone', `${session} was deleted here`)
    return (await whereWritten(sessions, transcript, session)) ?? { session, head, last: null, seq: 0, isUnnamed }
  }
  refuseTrashed(head)
  return { session, head, last: await lastOf(sessions.session(session), transcript), seq: head.seq, isUnnamed }
}

function refuseTrashed({ session, place }: Head): void {
  if (place === 'trash') throw new DaybookError('trashed', `${session} is in the trash`)
}

/**
 * A transcript that was written here goes on in its session, if that still stands where it stood then; else in a fork from
 * there. Null for others, and where the session is not here.
 */
async function whereWritten(
  sessions: ScopedSessions,
  { origin }: Transcript,
  fork: SessionId,
): Promise<Standing | null> {
  const head = origin === undefined ? null : await headOf(sessions.session(origin.session))
  if (origin === undefined || head === null || head.seq < origin.seq) return null
  refuseTrashed(head)
  if (head.seq === origin.seq) return { session: head.session, head, last: null, seq: head.seq, isUnnamed: true }
  return {
    ...{ session: fork, head: null, last: null, seq: 0, isUnnamed: true },
    fork: { of: origin.session, at: origin.seq },
  }
}

/** The same for everybody who adopts into this scope, so that two at once meet in one session. */
function derivedId({ scope }: ScopedSessions, { agent, id }: Transcript): SessionId {
  const text = JSON.stringify(['adopt', scope.tenant, scope.subjects, agent, id])
  return idFromDigest('ses', digestOf(text))
}

async function headOf(session: Session): Promise<Head | null> {
  try {
    return await session.head()
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return null
    throw error
  }
}

/** What was adopted last under this name; else under another name, where the file proves to be the same one moved. */
async function lastOf(session: Session, transcript: Transcript): Promise<Adopted | null> {
  const others = new Map<string, Adopted>()
  for await (const adopted of adoptions(session, 'desc')) {
    if (adopted.path === transcript.name) return adopted
    if (!others.has(adopted.path)) others.set(adopted.path, adopted)
  }
  if (transcript.kind === 'whole') return null
  for (const adopted of others.values()) {
    if (adopted.to <= transcript.size && (await transcript.proof(adopted.to)) === adopted.proof) return adopted
  }
  return null
}

async function* adoptions(session: Session, order: 'asc' | 'desc'): AsyncGenerator<Adopted> {
  const range = { kinds: ['transcript.adopted'] as const, order }
  let bound: object = {}
  for (let limit = order === 'desc' ? newest : page; ; limit = page) {
    const entries = await session.read({ ...range, limit, ...bound })
    for (const entry of entries) {
      if (entry.kind === 'transcript.adopted' && entry.data !== null) yield entry.data as Adopted
    }
    const last = entries.at(-1)
    if (last === undefined || entries.length < limit) return
    bound = order === 'asc' ? { after: last.seq } : { until: last.seq - 1 }
  }
}

/** Records by what they say, and how often each was taken. */
export class KnownRecords {
  readonly #counts = new Map<string, number>()

  add(line: string): void {
    this.addKey(recordKey(line))
  }

  /** One that only its key is left of. */
  addKey(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** True for a record that was taken before; each one is found as often as it was taken. */
  passes(line: string): boolean {
    const key = recordKey(line)
    const count = this.#counts.get(key) ?? 0
    if (count === 0) return false
    this.#counts.set(key, count - 1)
    return true
  }
}

/** Takes every record of the session again, from the blobs beside, so that the translator stands where it stood. */
export async function takeAgain(
  sessions: ScopedSessions,
  session: SessionId,
  translator: Translator,
  known: KnownRecords,
): Promise<void> {
  for await (const { blob, encoding } of adoptions(sessions.session(session), 'asc')) {
    const bytes = blob === undefined ? null : await sessions.blobs.get(blob)
    if (bytes === null) continue
    for (const line of unpack(bytes)) {
      if (encoding === 'keys') {
        known.addKey(line)
        continue
      }
      known.add(line)
      translator.take(jsonOf(line), 0)
    }
    translator.flush()
  }
}

/** Takes the records of a transcript that was written here: they came from the log. */
export async function takeWritten(
  sessions: ScopedSessions,
  transcript: Transcript,
  translator: Translator,
  redactor: Redactor,
  known: KnownRecords,
): Promise<void> {
  for await (const text of writtenRecords(sessions, transcript)) {
    const safe = masked({ text, from: 0, to: 0 }, redactor)
    if (safe === null) continue
    known.add(safe.line)
    translator.take(safe.value, 0)
  }
  translator.flush()
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // it was told as a record that nobody understands when it was adopted
  }
}
