// Transcripts of Gemini CLI below `.gemini/tmp/<folder>/chats`: a document that is rewritten, in newer versions lines.

import { dirname, join } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import type { Facts, FoundFile, Places, RawRecord, Transcript, TranscriptReader } from './contract.ts'
import { elementsOf, membersBefore } from './elements.ts'
import { fieldsOf, textOf, timeOf } from './fields.ts'
import { filesBelow, smallText } from './files.ts'
import { GeminiTranslator } from './gemini-translator.ts'
import { firstRecord, lineTranscript, longestLine } from './lines.ts'
import { originIn } from './mark.ts'

const agent = 'gemini'
const fileName = /^[^/]+\/chats\/session-[^/]+\.jsonl?$/

export const gemini: TranscriptReader = {
  agent,
  title: 'Gemini CLI',
  basis: 'recorded',
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const accept = (name: string) => fileName.test(name)
    yield* filesBelow({ agent, base: places.home, into: ['.gemini', 'tmp'], depth: 2, accept }, places)
  },
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    const lines = file.path.endsWith('.jsonl')
    const { sessionId, startTime, originator } = fieldsOf(
      lines ? await firstRecord(file) : await membersBefore(file, 'messages'),
    )
    const id = textOf(sessionId)
    if (id === undefined && file.size === 0) return
    if (id === undefined) throw new DaybookError('invalid', `${file.name} does not tell its session yet`)
    const cwd = await smallText(join(dirname(dirname(file.path)), '.project_root'))
    const startedAt = timeOf(startTime)
    const facts: Facts = {
      ...(cwd === null ? undefined : { cwd: cwd.trim() }),
      ...(startedAt === undefined ? undefined : { startedAt }),
    }
    const origin = originIn(originator)
    const read = lines ? lineTranscript(file, id) : documentOf(file, id)
    yield { ...read, facts, ...(origin && { origin: { ...origin, cwd: facts.cwd } }) }
  },
  translator: (transcript, memo?: Json) => new GeminiTranslator(agent, transcript.facts, memo),
}

function documentOf(file: FoundFile, id: string): Transcript {
  const { name, size, mark } = file
  const proof = async () => ''
  return { agent, id, name, size, mark, kind: 'whole', records: (_from, signal) => messages(file, signal), proof }
}

async function* messages(file: FoundFile, signal?: AbortSignal): AsyncGenerator<RawRecord> {
  for await (const { text, index, beginning } of elementsOf(file, 'messages', longestLine, signal)) {
    const place = { from: index, to: index + 1 }
    yield text === null ? { ...place, text, beginning: beginning ?? '', why: 'too_long' } : { ...place, text }
  }
}
