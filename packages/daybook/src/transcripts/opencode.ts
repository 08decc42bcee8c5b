// Transcripts of OpenCode: newer versions keep a database, older ones a small file per session, message and part.

import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { Json } from '../schema/json.ts'
import type { FoundFile, Places, RawRecord, Transcript, TranscriptReader } from './contract.ts'
import { fieldsOf, parsedOf, textOf } from './fields.ts'
import { filesBelow, foundOf, wholeText } from './files.ts'
import { databaseTranscripts } from './opencode-database.ts'
import { OpencodeTranslator } from './opencode-translator.ts'

const agent = 'opencode'
const sessionFile = /^storage\/session\/[^/]+\/ses_[A-Za-z0-9]+\.json$/

export const opencode: TranscriptReader = {
  agent,
  title: 'OpenCode',
  basis: 'recorded',
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const own = places.env?.XDG_DATA_HOME
    const [base, into] = own ? [own, ['opencode']] : [places.home, ['.local', 'share', 'opencode']]
    const accept = (name: string) => name === 'opencode.db' || sessionFile.test(name)
    for await (const file of filesBelow({ agent, base, into, depth: 3, accept }, places)) {
      yield file.name === 'opencode.db' ? withLog(file) : file
    }
  },
  holdsMany: ({ name }) => name === 'opencode.db',
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    if (file.name === 'opencode.db') yield* databaseTranscripts(file)
    else yield await fileTranscript(file)
  },
  translator: (_transcript, memo?: Json) => new OpencodeTranslator(agent, memo),
}

/** What was written last stands in the log beside the database. */
async function withLog(file: FoundFile): Promise<FoundFile> {
  const log = await foundOf(agent, `${file.path}-wal`, `${file.name}-wal`)
  if (log === null) return file
  const changedAt = Math.max(file.changedAt, log.changedAt)
  return { ...file, size: file.size + log.size, changedAt, mark: `${file.mark}:${log.mark}` }
}

async function fileTranscript(file: FoundFile): Promise<Transcript> {
  const id = basename(file.path, '.json')
  const groups = await groupsOf(file, id)
  const hash = createHash('sha256')
  for (const one of groups.flat()) hash.update(`${one.name} ${one.mark}\n`)
  const size = groups.flat().reduce((sum, one) => sum + one.size, 0)
  const mark = hash.digest('base64url')
  const records = (_from: number, signal?: AbortSignal) => textsOf(groups, signal)
  return { agent, id, name: file.name, size, mark, kind: 'whole', records, proof: async () => '' }
}

/** The session's own file, then each message with its parts, in the order of their ids. */
async function groupsOf(file: FoundFile, id: string): Promise<readonly (readonly FoundFile[])[]> {
  const storage = dirname(dirname(dirname(file.path)))
  const groups: FoundFile[][] = [[file]]
  for await (const message of jsonIn(storage, ['message', id])) {
    const group = [message]
    for await (const part of jsonIn(storage, ['part', basename(message.path, '.json')])) group.push(part)
    groups.push(group)
  }
  return groups
}

function jsonIn(base: string, into: readonly string[]): AsyncIterable<FoundFile> {
  const accept = (name: string) => name.endsWith('.json')
  return filesBelow({ agent, base, into, depth: 0, accept }, { home: base })
}

async function* textsOf(groups: readonly (readonly FoundFile[])[], signal?: AbortSignal): AsyncGenerator<RawRecord> {
  let at = 0
  for (const group of groups) {
    signal?.throwIfAborted()
    const texts = await Promise.all(group.map(wholeText))
    // A message under way is given once it is over: its parts still change.
    if (group === groups.at(-1) && isOpen(texts[0] ?? '')) return
    for (const text of texts) {
      yield { text, from: at, to: at + 1 }
      at += 1
    }
  }
}

function isOpen(text: string): boolean {
  const { role, time, error } = fieldsOf(parsedOf(text))
  return textOf(role) === 'assistant' && fieldsOf(time).completed === undefined && error === undefined
}
