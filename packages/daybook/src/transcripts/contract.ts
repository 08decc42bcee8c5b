// The port of transcripts: how the sessions that other agents left on this machine are found, read and understood.

import type { NewEntry } from '../schema/entries.ts'
import type { Seq, SessionId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'

/** Where to look. Nothing below `home` is opened by looking. */
export interface Places {
  /** Absolute path of the person's home folder. */
  readonly home: string
  /** Variables by which agents keep their files elsewhere; default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Exports that a person names: absolute paths. */
  readonly files?: readonly string[]
  /** Told of what was passed over: a link, or a folder that may not be read. */
  readonly onPassedOver?: (path: string, why: 'link' | 'unreadable') => void
}

/** A file of an agent as its folder tells it: name, size, date. */
export interface FoundFile {
  readonly agent: string
  /** Absolute. */
  readonly path: string
  /** Below the agent's own folder, with `/`: how reports and entries name it. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970 of the last change. */
  readonly changedAt: number
  /** Changes whenever the content may have changed. */
  readonly mark: string
}

/** One session of another agent, in one file. */
export interface Transcript {
  readonly agent: string
  /** The agent's own id of the session. */
  readonly id: string
  /** Names this transcript among all of the agent. */
  readonly name: string
  readonly size: number
  readonly mark: string
  /**
   * `lines`: records are only added, and `from` is a byte of the file. `whole`: the agent rewrites them, so they are all
   * read again when the mark changes, and known ones are passed over.
   */
  readonly kind: 'lines' | 'whole'
  /** What stands beside the records. */
  readonly facts?: Facts
  /** Of one that daybook wrote: its agent may have gone on in it. */
  readonly origin?: Origin
  /** Records behind `from`, 0 being the beginning. An unfinished last one is not given. */
  records(from: number, signal?: AbortSignal): AsyncIterable<RawRecord>
  /** Tells whether what stands before `to` is what stood there; the same text as long as it is. Empty for `whole`. */
  proof(to: number): Promise<string>
}

/** What a transcript was written of. */
export interface Origin {
  readonly session: SessionId
  /** The newest entry then. */
  readonly seq: Seq
  /** As they stand in it. */
  readonly cwd?: string | undefined
  readonly branch?: string | undefined
}

/** A record as it stands in the transcript. */
export interface RawRecord {
  /** Null when it is longer than the limit, or no valid UTF-8. */
  readonly text: string | null
  readonly from: number
  /** Where the next one begins. */
  readonly to: number
  /** In place of the text: how it begins, and why that is all. */
  readonly beginning?: string
  readonly why?: 'too_long' | 'not_utf8' | 'not_json'
}

export interface TranscriptReader {
  /** As it is typed and stored: `codex`. */
  readonly agent: string
  /** As people know it: `Codex`. */
  readonly title: string
  /** Whether its suite runs over recordings of the real program, or over samples made from its public description. */
  readonly basis: 'recorded' | 'described'
  /** Days after which the program deletes a transcript that nobody touched, unless it was told otherwise. */
  readonly keepsDays?: number
  /** The agent's files; opens none, and follows no link below the home. */
  find(places: Places): AsyncIterable<FoundFile>
  /** Whether a file holds many sessions, so that telling what changed in it takes reading all of it. */
  holdsMany?(file: FoundFile): boolean
  /** The sessions in a file. Reads content: only after the person said yes. Fails as {@link openRegular} does. */
  transcripts(file: FoundFile): AsyncIterable<Transcript>
  /** A translator that goes on from what another one had to remember. */
  translator(transcript: Pick<Transcript, 'id' | 'name' | 'facts'>, memo?: Json): Translator
}

/** What is made of a record: messages, or the record itself where nobody here understands it. */
export type Translation = NewEntry<'message' | 'foreign.recorded'>

/** Makes entries of one transcript's records, in their order. */
export interface Translator {
  /**
   * `record` is parsed JSON, secrets already masked; `number` is its line in the blob beside, for the metadata of messages.
   * Never throws, whatever it is given.
   */
  take(record: unknown, number: number): readonly Translation[]
  /** What was held back because the next record may add to it. */
  flush(): readonly Translation[]
  /** What is known of the session so far. */
  readonly facts: Facts
  /** What `translator` needs to go on from here; undefined when that is too much, and old records must be taken again. */
  memo(): Json | undefined
}

export interface Facts {
  readonly cwd?: string
  readonly branch?: string
  /** Its address, or the path of its folder. */
  readonly repository?: string
  readonly name?: string
  /** Of the program. */
  readonly version?: string
  /** Milliseconds since 1970. */
  readonly startedAt?: number
  /** The agent's own id of the session that this one began as a part of. */
  readonly parent?: string
}
