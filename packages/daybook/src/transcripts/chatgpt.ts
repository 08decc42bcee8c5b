// The export of ChatGPT, as publicly described: one list of all talks, each a tree of messages with a current end.

import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { Json, JsonObject } from '../schema/json.ts'
import type {
  Facts,
  FoundFile,
  Places,
  RawRecord,
  Transcript,
  TranscriptReader,
  Translation,
  Translator,
} from './contract.ts'
import { type Element, elementsOf } from './elements.ts'
import { factsIn, Spoken } from './facts.ts'
import { type Fields, fieldsOf, listOf, parsedOf, textOf, timeOf } from './fields.ts'
import { filesBelow } from './files.ts'
import { longestLine } from './lines.ts'
import { file as filePart, foreign, message, reasoning } from './parts.ts'

const agent = 'chatgpt'
const fileName = /^conversations(-\d+)?\.json$/

export const chatgpt: TranscriptReader = {
  agent,
  title: 'ChatGPT',
  basis: 'described',
  /** What was unpacked into the folder of downloads, or into a folder there; and the files that a person names. */
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const accept = (name: string) => fileName.test(basename(name))
    yield* filesBelow({ agent, base: places.home, into: ['Downloads'], depth: 1, accept }, places)
    for (const path of places.files ?? []) {
      const named = (name: string) => name === basename(path)
      yield* filesBelow({ agent, base: dirname(path), into: [], depth: 0, accept: named }, places)
    }
  },
  holdsMany: () => true,
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    for await (const element of elementsOf(file, null, longestLine)) yield transcriptOf(file, element)
  },
  translator: (transcript, memo?: Json) => new ChatgptTranslator(transcript.facts, memo),
}

function transcriptOf(file: FoundFile, { text, index, beginning = '' }: Element): Transcript {
  const talk = fieldsOf(parsedOf(text))
  const [name, startedAt] = [textOf(talk.title), timeOf(talk.create_time)]
  const mark = createHash('sha256')
    .update(text ?? beginning)
    .digest('base64url')
  const id = textOf(talk.conversation_id) ?? textOf(talk.id) ?? `unknown-${mark.slice(0, 16)}`
  const facts: Facts = {
    ...(name === undefined ? undefined : { name }),
    ...(startedAt === undefined ? undefined : { startedAt }),
  }
  const size = text?.length ?? 0
  const place = { from: index, to: index + 1 }
  async function* records(): AsyncGenerator<RawRecord> {
    if (text === null) yield { ...place, text, beginning, why: 'too_long' }
    else if (isTalk(talk)) yield* recordsOf(talk)
    else yield { ...place, text }
  }
  return {
    ...{ agent, id, name: `${file.name}#${id}`, size, mark, kind: 'whole' as const, facts },
    records,
    proof: async () => '',
  }
}

function isTalk({ mapping }: Fields): boolean {
  return Object.keys(fieldsOf(mapping)).length > 0
}

/** From the first message to the current end; then what was left aside when a message was written anew. */
async function* recordsOf(talk: Fields): AsyncGenerator<RawRecord> {
  const nodes = fieldsOf(talk.mapping)
  const current: string[] = []
  const seen = new Set<string>()
  for (let id = textOf(talk.current_node); id !== undefined && !seen.has(id); ) {
    seen.add(id)
    current.unshift(id)
    id = textOf(fieldsOf(nodes[id]).parent)
  }
  // Without a known end all messages count, in the order in which they stand there.
  const aside = Object.keys(nodes).filter((id) => !seen.has(id))
  const order = [...current, ...aside].filter((id) => fieldsOf(fieldsOf(nodes[id]).message).author !== undefined)
  for (const [index, id] of order.entries()) {
    const record = { aside: current.length > 0 && !seen.has(id), ...fieldsOf(nodes[id]) }
    yield { text: JSON.stringify(record), from: index, to: index + 1 }
  }
}

class ChatgptTranslator implements Translator {
  readonly #spoken: Spoken
  readonly facts: Facts

  constructor(facts: Facts = {}, memo?: Json) {
    this.facts = { ...facts, ...factsIn(memo) }
    this.#spoken = new Spoken(fieldsOf(memo).spoken as Json)
  }

  take(record: unknown, number: number): readonly Translation[] {
    const node = fieldsOf(record)
    const told = fieldsOf(node.message)
    const at = timeOf(told.create_time)
    if (!this.#spoken.first(String(told.id ?? node.id))) return []
    if (node.aside === true) return [foreign(agent, 'aside', record, at)]
    const { role } = fieldsOf(told.author)
    if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'tool')
      return [foreign(agent, role, record, at)]
    const { text, parts, isKnown } = contentOf(fieldsOf(told.content))
    if (!isKnown) return [foreign(agent, fieldsOf(told.content).content_type, record, at)]
    const { model_slug: slug } = fieldsOf(told.metadata)
    const said = message({ role, text, parts, agent, model: textOf(slug), at, record: number })
    return said === null ? [] : [said]
  }

  flush(): readonly Translation[] {
    return []
  }

  memo(): Json | undefined {
    const spoken = this.#spoken.memo()
    return spoken === undefined ? undefined : { facts: this.facts as JsonObject, spoken }
  }
}

interface Content {
  readonly text: string
  readonly parts: ReturnType<typeof reasoning>[]
  readonly isKnown: boolean
}

function contentOf(content: Fields): Content {
  const type = content.content_type
  if (type === 'thoughts' || type === 'reasoning_recap') {
    const words = listOf(content.thoughts).map((one) => textOf(fieldsOf(one).content) ?? textOf(fieldsOf(one).summary))
    const text = textOf(content.content) ?? words.filter((one) => one !== undefined).join('\n\n')
    return { text: '', parts: text === '' ? [] : [reasoning(text)], isKnown: true }
  }
  if (type === 'text' || type === 'multimodal_text') {
    const parts = listOf(content.parts)
    const texts = parts.filter((one) => typeof one === 'string' && one !== '')
    const files = parts.filter((one) => typeof one === 'object' && one !== null).map(fieldsOf)
    const named = files.map((one) => filePart(textOf(one.asset_pointer), textOf(one.content_type)))
    return { text: texts.join('\n\n'), parts: named, isKnown: true }
  }
  const text = textOf(content.text) ?? textOf(content.result)
  return { text: text ?? '', parts: [], isKnown: text !== undefined || Object.keys(content).length <= 1 }
}
