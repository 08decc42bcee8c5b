// Transcripts of Qwen Code: one file of lines per session below `.qwen/projects/<folder>/chats`.

import { basename } from 'node:path'
import type { Json, JsonObject } from '../schema/json.ts'
import type { Facts, FoundFile, Places, Transcript, TranscriptReader, Translation, Translator } from './contract.ts'
import { factsIn, learned } from './facts.ts'
import { type Fields, fieldsOf, textOf, timeOf } from './fields.ts'
import { filesBelow } from './files.ts'
import { contentsOf, isAdded, resultOf, shownEdit } from './genai.ts'
import { lineTranscript } from './lines.ts'
import { foreign, message, usage } from './parts.ts'

const agent = 'qwen'
const fileName = /^[^/]+\/chats\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/

export const qwen: TranscriptReader = {
  agent,
  title: 'Qwen Code',
  basis: 'recorded',
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const accept = (name: string) => fileName.test(name)
    yield* filesBelow({ agent, base: places.home, into: ['.qwen', 'projects'], depth: 2, accept }, places)
  },
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    yield lineTranscript(file, basename(file.path, '.jsonl'))
  },
  translator: (_transcript, memo?: Json) => new QwenTranslator(memo),
}

/** Measurements of the program, which say nothing that a message does not say. */
const redundant: ReadonlySet<unknown> = new Set([
  'ui_telemetry',
  'attribution_snapshot',
  'file_history_snapshot',
  'session_artifact_snapshot',
  'session_sources_snapshot',
])
/** Calls whose results may still come. */
const mostPending = 16

class QwenTranslator implements Translator {
  /** Where the files of calls under way are: older versions show only their names. */
  readonly #inputs: Map<string, unknown>
  facts: Facts

  constructor(memo?: Json) {
    this.facts = factsIn(memo)
    this.#inputs = new Map(Object.entries(fieldsOf(fieldsOf(memo).inputs)))
  }

  take(record: unknown, number: number): readonly Translation[] {
    const line = fieldsOf(record)
    const at = timeOf(line.timestamp)
    this.#learn(line, at)
    const known = line.type === 'user' || line.type === 'assistant' || line.type === 'tool_result'
    if (known && line.message !== undefined) return this.#spoken(line, at, number)
    if (line.type === 'system' && redundant.has(line.subtype)) return []
    const { customTitle, title } = fieldsOf(line.systemPayload)
    if (line.subtype === 'custom_title') {
      this.facts = learned(this.facts, { name: textOf(customTitle) ?? textOf(title) })
      return []
    }
    return [foreign(agent, line.subtype ?? line.type, record, at)]
  }

  #learn(line: Fields, at: number | undefined): void {
    this.facts = learned(this.facts, {
      cwd: textOf(line.cwd),
      branch: textOf(line.gitBranch),
      version: textOf(line.version),
      startedAt: this.facts.startedAt ?? at,
    })
  }

  #spoken(line: Fields, at: number | undefined, number: number): readonly Translation[] {
    const { parts: inner, content } = fieldsOf(line.message)
    const contents = contentsOf(inner ?? content)
    const tokens = fieldsOf(line.usageMetadata)
    const role = line.type === 'assistant' ? 'assistant' : isAdded(contents.text) ? 'system' : 'user'
    for (const part of contents.parts) if (part.type === 'call') this.#remember(part.call_id, part.input)
    const said = message({
      role,
      text: contents.text,
      parts: contents.parts,
      agent,
      model: textOf(line.model),
      ...(role === 'assistant' ? { usage: usage(tokens.promptTokenCount, tokens.candidatesTokenCount) } : undefined),
      at,
      record: number,
    })
    return [said, this.#results(contents.results, line, at, number)].filter((entry) => entry !== null)
  }

  #results(results: readonly Fields[], line: Fields, at: number | undefined, number: number): Translation | null {
    const told = fieldsOf(line.toolCallResult)
    const failed = told.status === 'error' || told.status === 'cancelled'
    const parts = results.map(({ id, response }) => resultOf(id, response, failed))
    const shown = shownEdit(told.resultDisplay, this.#inputs.get(String(told.callId)))
    for (const { id } of results) this.#inputs.delete(String(id))
    return message({ role: 'tool', parts: failed ? parts : [...parts, shown], agent, at, record: number })
  }

  #remember(id: string, input: unknown): void {
    const { file_path: path } = fieldsOf(input)
    if (typeof path !== 'string') return
    this.#inputs.set(id, { file_path: path })
    const [oldest] = this.#inputs.keys()
    if (this.#inputs.size > mostPending && oldest !== undefined) this.#inputs.delete(oldest)
  }

  flush(): readonly Translation[] {
    return []
  }

  memo(): Json {
    return { facts: this.facts as JsonObject, inputs: Object.fromEntries(this.#inputs) as JsonObject }
  }
}
