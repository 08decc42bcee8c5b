// The texts of an entry: which strings of its data people look for, by the path at which they stand, and which files it names.

import type { Json } from '../schema/json.ts'
import type { Kind } from '../schema/kinds.ts'

export interface Passage {
  /** Where the text stands in the data: `content`, `parts.0.output`, `metadata.ticket`. */
  readonly field: string
  readonly text: string
  /** Every word of it may be looked for by a part of it. */
  readonly code?: true
}

export interface EntryTexts {
  readonly passages: readonly Passage[]
  /** Paths that the entry changed, pinned or named. */
  readonly files: readonly string[]
  /** How much a hit here says, against one in what somebody said. */
  readonly weight: number
}

type Fields = { readonly [key: string]: Json | undefined }

const nothing: EntryTexts = { passages: [], files: [], weight: 1 }

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

class Collected {
  readonly passages: Passage[] = []
  readonly files = new Set<string>()
  readonly #seen = new Set<string>()

  /** What stands there twice is taken once. */
  add(field: string, value: Json | undefined, code = false): void {
    if (typeof value !== 'string' || value.trim() === '' || this.#seen.has(value)) return
    this.#seen.add(value)
    this.passages.push(code ? { field, text: value, code } : { field, text: value })
  }

  /** Every string of a value; open values may be nested as deep as they are stored. */
  all(field: string, value: Json | undefined, code = false): void {
    if (typeof value === 'string') this.add(field, value, code)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value as Fields)) this.all(`${field}.${key}`, each, code)
    }
  }

  file(value: Json | undefined): void {
    if (typeof value === 'string' && value !== '') this.files.add(value)
  }
}

/** Members of a tool's input that usually hold a path. */
const pathKeys = /^(?:.*_)?(?:file|path|filename|file_?name|file_?path|notebook_path)$/i

type Taker = (data: Fields, into: Collected) => void

function takePart(part: Fields, field: string, content: string, into: Collected): void {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      // Most texts of parts stand in the content too.
      if (typeof part.text === 'string' && !content.includes(part.text)) into.add(`${field}.text`, part.text)
      break
    case 'call':
      into.add(`${field}.name`, part.name)
      into.all(`${field}.input`, part.input, true)
      for (const [key, value] of Object.entries(fieldsOf(part.input))) if (pathKeys.test(key)) into.file(value)
      break
    case 'result':
      into.all(`${field}.output`, part.output)
      break
    case 'file':
      into.add(`${field}.name`, part.name)
      into.add(`${field}.url`, part.url)
      into.file(part.name)
      break
    case 'edit':
      for (const name of ['path', 'to', 'diff'] as const) into.add(`${field}.${name}`, part[name], true)
      into.file(part.path)
      into.file(part.to)
  }
}

const message: Taker = (data, into) => {
  into.add('content', data.content)
  const content = typeof data.content === 'string' ? data.content : ''
  const parts = Array.isArray(data.parts) ? data.parts : []
  for (const [at, part] of parts.entries()) takePart(fieldsOf(part), `parts.${at}`, content, into)
}

const fields =
  (...names: readonly string[]): Taker =>
  (data, into) => {
    for (const name of names) into.all(name, data[name])
  }

/** Kinds without a row say nothing that somebody would look for. */
const takers: Readonly<Partial<Record<Kind, readonly [take: Taker, weight: number]>>> = {
  message: [message, 1],
  'foreign.recorded': [fields('source', 'type', 'record'), 0.6],
  'session.opened': [fields('name', 'metadata', 'state'), 1.2],
  'session.updated': [fields('name', 'metadata'), 1.2],
  'state.changed': [fields('patch'), 0.6],
  handoff: [fields('from', 'to', 'reason'), 0.8],
  note: [fields('text', 'links'), 1.4],
  pin: [
    (data, into) => {
      into.add('path', data.path, true)
      into.file(data.path)
    },
    0.8,
  ],
  summary: [fields('text'), 1.2],
  'run.queued': [fields('input', 'skill', 'agent'), 0.7],
  'run.edited': [fields('input', 'skill'), 0.7],
  'run.steered': [fields('input'), 0.7],
  'run.waiting': [fields('summary'), 0.6],
  'run.finished': [fields('output', 'error'), 0.7],
  'step.started': [fields('name', 'input'), 0.5],
  'step.finished': [fields('output', 'error'), 0.5],
  'step.resolved': [fields('output', 'reason'), 0.6],
  'approval.requested': [fields('summary', 'input'), 0.8],
  'approval.decided': [fields('decision', 'by', 'comment'), 0.8],
  'question.asked': [fields('summary'), 0.9],
  'question.answered': [fields('answer'), 0.9],
}

/** What a tool gave back is long and says little. */
const toolWeight = 0.6

export function textsOf(kind: Kind, data: Json | null): EntryTexts {
  const taker = takers[kind]
  if (!taker || data === null) return nothing
  const into = new Collected()
  const [take, weight] = taker
  const fields = fieldsOf(data)
  take(fields, into)
  return { passages: into.passages, files: [...into.files], weight: fields.role === 'tool' ? toolWeight : weight }
}
