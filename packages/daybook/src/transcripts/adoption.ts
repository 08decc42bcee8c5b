// One pass over a transcript: what stands in it behind the place that the log knows becomes appends to its session.

import { sep } from 'node:path'
import { isDaybookError } from '../schema/errors.ts'
import type { Json, JsonObject } from '../schema/json.ts'
import type { OpenFields, ScopedSessions } from '../session/contract.ts'
import { redactor } from '../session/redact.ts'
import { harmless } from './chunk.ts'
import type { Facts, FoundFile, Transcript, TranscriptReader } from './contract.ts'
import type { AdoptOptions } from './contract-adopt.ts'
import { type Gathered, gather } from './gathering.ts'
import { KnownRecords, refOf, type Standing, takeAgain, takeWritten } from './place.ts'
import type { Tally } from './tally.ts'
import type { GatheringThreads } from './threads.ts'

/** What the parts of one adopting share. */
export interface Pass {
  readonly options: AdoptOptions
  readonly tally: Tally
  readonly threads: GatheringThreads | undefined
}

/** One transcript, where it stands and who reads it. */
export interface Source {
  readonly reader: TranscriptReader
  readonly file: FoundFile
  readonly transcript: Transcript
  /** Resolves when it may be written. */
  readonly come: () => Promise<void>
}

/** One pass over the new records of one transcript. */
export class Adoption {
  readonly #source: Source
  readonly #transcript: Transcript
  readonly #standing: Standing
  readonly #pass: Pass
  readonly #options: AdoptOptions
  readonly #sessions: ScopedSessions
  readonly #tally: Tally
  #seq: number
  #isNamed: boolean

  constructor(source: Source, standing: Standing, pass: Pass) {
    this.#source = source
    this.#transcript = source.transcript
    this.#standing = standing
    this.#pass = pass
    this.#options = pass.options
    this.#sessions = pass.options.sessions
    this.#tally = pass.tally
    this.#seq = standing.seq
    this.#isNamed = !standing.isUnnamed
  }

  /** True when all that the transcript has now is in the log. */
  async run(): Promise<boolean> {
    const { session, head } = this.#standing
    const from = await this.#start()
    const { to, facts } = await this.#read(await this.#gathered(from))
    this.#tally.facts(facts)
    const isPartial = this.#transcript.kind === 'lines' && to < this.#transcript.size
    if (isPartial) this.#tally.partial(this.#transcript.name)
    const what = this.#seq === this.#standing.seq ? 'unchanged' : head === null ? 'added' : 'grown'
    if (this.#isOurs && what === 'unchanged') this.#tally.ours(this.#transcript.name)
    else if (this.#seq > 0) this.#tally.session(session, what)
    if (what !== 'unchanged') await this.#label(facts)
    return !isPartial && !(this.#isOurs && what === 'unchanged')
  }

  /** Written here, and its agent did not go on in it yet. */
  get #isOurs(): boolean {
    const { isUnnamed, seq, fork } = this.#standing
    return this.#transcript.origin !== undefined && isUnnamed && (seq > 0 || fork !== undefined)
  }

  /** Behind what was read, if that still stands there; else at the beginning. */
  async #start(): Promise<number> {
    const { last } = this.#standing
    const { kind, size } = this.#transcript
    if (last === null || kind === 'whole' || last.to > size) return 0
    return (await this.#transcript.proof(last.to)) === last.proof ? last.to : 0
  }

  /** Where reading begins anew in a session that has records already, those are told apart by what they say. */
  async #gathered(from: number): Promise<AsyncGenerator<Gathered>> {
    const { signal, redactor: given } = this.#options
    const { session, seq, last } = this.#standing
    const { reader, file, transcript } = this.#source
    const memo = (from > 0 ? last?.memo : undefined) as Json | undefined
    const shared = { transcript, from, redactor: given ?? redactor(), signal }
    if (memo !== undefined || (seq === 0 && !this.#isOurs)) {
      // A redactor of the caller stays here, since it cannot cross to another thread.
      const threads = transcript.kind === 'lines' && given === undefined ? this.#pass.threads : undefined
      const elsewhere = threads?.gather({ file, id: transcript.id, from, memo }, this.#tally.left, signal)
      return elsewhere ?? gather({ ...shared, translator: reader.translator(transcript, memo) })
    }
    const translator = reader.translator(transcript)
    const known = new KnownRecords()
    if (transcript.origin) await takeWritten(this.#sessions, transcript, translator, shared.redactor, known)
    if (!this.#isOurs) await takeAgain(this.#sessions, session, translator, known)
    return gather({ ...shared, translator, known: from > 0 ? undefined : known })
  }

  /** One append is on its way while the next one is gathered. */
  async #read(appends: AsyncGenerator<Gathered>): Promise<Pick<Gathered, 'to' | 'facts'>> {
    let reached: Pick<Gathered, 'to' | 'facts'> = { to: 0, facts: {} }
    let written = Promise.resolve()
    for await (const gathered of appends) {
      this.#tally.read(gathered.read)
      reached = gathered
      await written
      if (gathered.entries.length === 0 || (this.#isNamed === false && this.#isOurs && isBare(gathered))) continue
      written = this.#write(gathered)
      written.catch(() => undefined) // awaited before the next one, or below
      this.#options.signal?.throwIfAborted()
    }
    await written
    return reached
  }

  async #write(gathered: Gathered): Promise<void> {
    const { session, fork } = this.#standing
    const { entries, beside, facts, found } = gathered
    const begins = !this.#isNamed
    await this.#source.come()
    if (begins && !isBelow(facts.cwd, this.#options.folder)) throw new Elsewhere()
    if (begins && fork)
      this.#seq = (await (await this.#sessions.session(fork.of).fork({ at: fork.at, id: session })).head()).seq
    const opens = this.#seq === 0 ? { opens: openFields(this.#transcript, facts) } : {}
    const handle = this.#sessions.session(session, opens)
    const options = { expect: this.#seq, ...(begins ? { refs: [refOf(this.#transcript)] } : undefined) }
    // Asked for first, the blob shares the commit of the append that names it, where the store has one lane.
    const put = beside && this.#sessions.blobs.put(beside)
    put?.catch(() => undefined) // awaited below, unless the append fails before
    const append = async (given: Gathered['entries']) => {
      try {
        return await handle.append(given, options)
      } catch (error) {
        if (!isDaybookError(error) || error.code !== 'blob_missing') throw error
        await put // of a store that was slower with it
        return handle.append(given, options)
      }
    }
    const { last } = await append(entries).catch((error: unknown) => {
      if (!isDaybookError(error) || !refused.has(error.code)) throw error
      return append(harmless(this.#transcript.agent, gathered, this.#options.redactor ?? redactor()))
    })
    await put
    this.#seq = last
    this.#isNamed = true
    this.#tally.wrote(entries, found)
  }

  /** Branch, repository and name may change while a session goes on. A name that a person gave stays. */
  async #label(facts: Facts): Promise<void> {
    const session = this.#sessions.session(this.#standing.session)
    const head = await session.head()
    const { metadata } = await session.cell()
    const given = (metadata.adopted as JsonObject | undefined)?.name ?? null
    const isNew = facts.name !== undefined && facts.name !== head.name && facts.name !== head.title
    const rename = isNew && (head.name === null || head.name === given)
    const changed = {
      ...(facts.branch !== undefined && facts.branch !== head.branch ? { branch: facts.branch } : undefined),
      ...(facts.repository !== undefined && facts.repository !== head.repository
        ? { repository: facts.repository }
        : undefined),
      ...(rename ? { name: facts.name, metadata: { adopted: { name: facts.name } } } : undefined),
    }
    if (Object.keys(changed).length > 0) await session.update(changed as never)
  }
}

/** The session worked in another folder than the one asked for. */
export class Elsewhere extends Error {}

function isBelow(cwd: string | undefined, folder: string | undefined): boolean {
  if (folder === undefined) return true
  return cwd !== undefined && (cwd === folder || cwd.startsWith(folder.endsWith(sep) ? folder : folder + sep))
}

/** Says only how far was read. */
function isBare({ entries }: Gathered): boolean {
  return entries.every(({ kind }) => kind === 'transcript.adopted')
}

/** Refusals of what an entry says. */
const refused: ReadonlySet<string> = new Set(['invalid', 'too_large'])

function openFields(transcript: Transcript, facts: Facts): OpenFields {
  const { agent, id } = transcript
  const { cwd, branch, repository, name, version, startedAt, parent } = facts
  const adopted: Record<string, string> = { agent, id }
  if (name !== undefined) adopted.name = name
  if (version !== undefined) adopted.version = version
  if (parent !== undefined) adopted.parent = parent
  if (startedAt !== undefined) adopted.started_at = new Date(startedAt).toISOString()
  return {
    agent,
    ...(branch === undefined ? undefined : { branch }),
    ...(repository === undefined ? undefined : { repository }),
    ...(name === undefined ? undefined : { name }),
    metadata: { adopted, ...(cwd === undefined ? undefined : { cwd }) },
  }
}
