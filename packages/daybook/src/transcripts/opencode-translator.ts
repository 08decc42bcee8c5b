// Makes entries of OpenCode's messages and parts: what was said and called in one, what came of it in another.

import type { Json, JsonObject } from '../schema/json.ts'
import type { Part } from '../schema/parts.ts'
import type { Facts, Translation, Translator } from './contract.ts'
import { factsIn, learned, Spoken } from './facts.ts'
import { type Fields, fieldsOf, parsedOf, textOf, timeOf } from './fields.ts'
import { call, edit, file, foreign, message, reasoning, result, usage } from './parts.ts'

/** Marks between the parts, which say nothing that the parts do not say. */
const redundant: ReadonlySet<unknown> = new Set(['step-start', 'step-finish', 'patch', 'snapshot'])

/** A message whose parts are being read. */
interface Open {
  readonly info: Fields
  readonly id: string
  readonly number: number
  readonly isNew: boolean
  readonly texts: string[]
  readonly parts: Part[]
  readonly results: (Part | null)[]
}

export class OpencodeTranslator implements Translator {
  readonly #agent: string
  readonly #spoken: Spoken
  #open: Open | null = null
  facts: Facts

  constructor(agent: string, memo?: Json) {
    this.#agent = agent
    this.facts = factsIn(memo)
    this.#spoken = new Spoken(fieldsOf(memo).spoken as Json)
  }

  take(record: unknown, number: number): readonly Translation[] {
    const line = fieldsOf(record)
    const { table, data } = line
    // A row of the database, or a file of its own.
    const info = table === undefined ? line : { ...line, ...fieldsOf(data) }
    if (table === 'session' || (textOf(info.directory) && textOf(info.title))) return this.#session(info)
    if (table === 'message' || (textOf(info.role) && info.messageID === undefined)) return this.#message(info, number)
    if (table === 'part' || textOf(info.messageID)) return this.#part(info, record, number)
    return [...this.flush(), foreign(this.#agent, textOf(info.type), record)]
  }

  #session(info: Fields): readonly Translation[] {
    const title = textOf(info.title)
    const { created } = fieldsOf(info.time)
    this.facts = learned(this.facts, {
      cwd: textOf(info.directory),
      name: title === undefined || /^(New|Child) session - \d/.test(title) ? undefined : title,
      version: textOf(info.version),
      startedAt: timeOf(created) ?? timeOf(info.time_created),
      parent: textOf(info.parentID) ?? textOf(info.parent_id),
    })
    return []
  }

  #message(info: Fields, number: number): readonly Translation[] {
    const before = this.flush()
    const id = String(info.id)
    const isNew = this.#spoken.first(id)
    this.#open = { info, id, number, isNew, texts: [], parts: [], results: [] }
    return before
  }

  #part(info: Fields, record: unknown, number: number): readonly Translation[] {
    const owner = String(info.messageID ?? info.message_id)
    if (!this.#spoken.first(String(info.id)) || redundant.has(info.type)) return []
    const before = this.#open?.id === owner ? [] : this.flush()
    // A part that joined its message later: what is known of the message stands in the blob beside.
    this.#open ??= { info: { role: 'assistant' }, id: owner, number, isNew: false, texts: [], parts: [], results: [] }
    const at = timeOf(fieldsOf(info.time).start) ?? timeOf(info.time_created)
    return this.#take(info, this.#open)
      ? before
      : [...before, ...this.flush(), foreign(this.#agent, info.type, record, at)]
  }

  #take(info: Fields, open: Open): boolean {
    const text = textOf(info.text) ?? ''
    if (info.type === 'text') {
      if (text !== '') open.texts.push(open.info.role === 'user' ? unquoted(text) : text)
    } else if (info.type === 'reasoning') {
      if (text !== '') open.parts.push(reasoning(text))
    } else if (info.type === 'file') {
      open.parts.push(file(textOf(info.filename), textOf(info.mime), textOf(info.url)))
    } else if (info.type === 'tool') {
      const state = fieldsOf(info.state)
      open.parts.push(call(info.callID, info.tool, state.input))
      if (state.status === 'completed' || state.status === 'error') open.results.push(...ended(info, state))
    } else return false
    return true
  }

  flush(): readonly Translation[] {
    const open = this.#open
    this.#open = null
    if (open === null) return []
    const { info, number } = open
    const { created, completed } = fieldsOf(info.time)
    const { input, output } = fieldsOf(info.tokens)
    const isAgents = info.role !== 'user'
    const told = { agent: this.#agent, record: number }
    const counted = isAgents && open.isNew
    const said = message({
      ...told,
      role: isAgents ? 'assistant' : 'user',
      text: open.texts.join('\n\n'),
      parts: open.parts,
      model: textOf(info.modelID),
      ...(counted ? { usage: usage(input, output), cost: costOf(info) } : undefined),
      at: timeOf(created),
    })
    const results = message({ ...told, role: 'tool', parts: open.results, at: timeOf(completed) ?? timeOf(created) })
    const { message: error } = fieldsOf(fieldsOf(info.error).data)
    const failed = message({
      ...told,
      role: 'system',
      text: open.isNew ? textOf(error) : undefined,
      at: timeOf(created),
    })
    return [said, results, failed].filter((entry) => entry !== null)
  }

  memo(): Json | undefined {
    const spoken = this.#spoken.memo()
    return spoken === undefined ? undefined : { facts: this.facts as JsonObject, spoken }
  }
}

function costOf({ cost }: Fields): number | undefined {
  return typeof cost === 'number' && Number.isFinite(cost) && cost > 0 ? cost : undefined
}

/** A prompt from the command line is stored in quotes. */
function unquoted(text: string): string {
  const value = text.startsWith('"') ? parsedOf(text) : text
  return typeof value === 'string' ? value : text
}

function ended(info: Fields, state: Fields): readonly (Part | null)[] {
  const failed = state.status === 'error'
  const { exit } = fieldsOf(state.metadata)
  const isBad = failed || (typeof exit === 'number' && exit !== 0)
  const told = result(info.callID, failed ? state.error : state.output, isBad)
  return failed ? [told] : [told, editOf(state)]
}

function editOf(state: Fields): Part | null {
  const { filePath, content } = fieldsOf(state.input)
  const path = textOf(filePath)
  const { diff, filediff, exists } = fieldsOf(state.metadata)
  const { before, after, patch } = fieldsOf(filediff)
  const shown = textOf(diff) ?? textOf(patch)
  if (path === undefined || (shown === undefined && exists === undefined)) return null
  const whole = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const operation = exists === false ? 'create' : 'update'
  return edit({ path, operation, before: whole(before), after: whole(after) ?? whole(content), diff: shown })
}
