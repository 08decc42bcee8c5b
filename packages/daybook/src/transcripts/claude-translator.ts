// Makes entries of the records of Claude Code: contents in blocks, results of tools beside what they changed.

import type { Json, JsonObject } from '../schema/json.ts'
import type { Part } from '../schema/parts.ts'
import type { Facts, Translation, Translator } from './contract.ts'
import { factsIn, learned } from './facts.ts'
import { countOf, type Fields, fieldsOf, listOf, textOf, timeOf } from './fields.ts'
import { call, edit, file, foreign, message, reasoning, result, usage } from './parts.ts'

/** Records of the program about itself. */
const redundant: ReadonlySet<unknown> = new Set([
  ...['file-history-snapshot', 'queue-operation', 'permission-mode', 'last-prompt', 'progress', 'mode'],
  ...['turn_duration', 'stop_hook_summary', 'agent-name', 'agent-color'],
])

export class ClaudeTranslator implements Translator {
  readonly #agent: string
  readonly #id: string
  /** The answer whose tokens were counted last: each of its blocks is a record that tells them again. */
  #counted: string | undefined
  facts: Facts

  constructor(agent: string, id: string, memo?: Json) {
    this.#agent = agent
    this.#id = id
    this.#counted = textOf(fieldsOf(memo).counted)
    this.facts = factsIn(memo)
  }

  take(record: unknown, number: number): readonly Translation[] {
    const line = fieldsOf(record)
    const at = timeOf(line.timestamp)
    this.#learn(line, at)
    if ((line.type === 'user' || line.type === 'assistant') && line.message !== undefined)
      return this.#spoken(line, at, number)
    if (line.type === 'summary' || line.type === 'ai-title' || line.type === 'custom-title') return []
    if (line.type === 'system' && textOf(line.content) !== undefined) {
      const said = message({ role: 'system', text: textOf(line.content), agent: this.#agent, at, record: number })
      return said === null ? [] : [said]
    }
    if (redundant.has(line.type) || redundant.has(line.subtype)) return []
    return [foreign(this.#agent, textOf(line.subtype) ?? line.type, record, at)]
  }

  #learn(line: Fields, at: number | undefined): void {
    const branch = textOf(line.gitBranch)
    const named =
      line.type === 'custom-title' ? line.customTitle : line.type === 'ai-title' ? line.aiTitle : line.summary
    const owner = textOf(line.sessionId)
    this.facts = learned(this.facts, {
      cwd: textOf(line.cwd),
      branch: branch === 'HEAD' ? undefined : branch,
      version: textOf(line.version),
      name:
        typeof line.type === 'string' && /^(summary|(ai|custom)-title)$/.test(line.type) ? textOf(named) : undefined,
      startedAt: this.facts.startedAt ?? at,
      parent: owner === this.#id ? undefined : owner,
    })
  }

  #spoken(line: Fields, at: number | undefined, number: number): readonly Translation[] {
    const inner = fieldsOf(line.message)
    const { text, parts, results } = blocksOf(inner.content)
    const isAgents = line.type === 'assistant'
    const shared = { agent: this.#agent, at, record: number }
    const said = message({
      ...shared,
      role: isAgents ? 'assistant' : line.isMeta === true || line.isCompactSummary === true ? 'system' : 'user',
      text,
      parts,
      model: textOf(inner.model),
      ...(isAgents ? { usage: this.#usage(inner) } : undefined),
    })
    const changed = results.some(({ error }) => error) ? null : editOf(fieldsOf(line.toolUseResult))
    const told = results.map(({ id, output, error }) => result(id, output, error))
    const answered = message({ ...shared, role: 'tool', parts: told.length > 0 ? [...told, changed] : [] })
    return [said, answered].filter((entry) => entry !== null)
  }

  /** What was read from a cache counts as input, too. */
  #usage(inner: Fields) {
    const id = textOf(inner.id)
    if (id !== undefined && id === this.#counted) return undefined
    this.#counted = id
    const told = fieldsOf(inner.usage)
    const input = [told.input_tokens, told.cache_creation_input_tokens, told.cache_read_input_tokens]
    return usage(
      input.reduce<number>((sum, one) => sum + (countOf(one) ?? 0), 0),
      told.output_tokens,
    )
  }

  flush(): readonly Translation[] {
    return []
  }

  memo(): Json {
    return {
      facts: this.facts as JsonObject,
      ...(this.#counted === undefined ? undefined : { counted: this.#counted }),
    }
  }
}

interface Blocks {
  readonly text: string
  readonly parts: readonly Part[]
  readonly results: readonly { readonly id: unknown; readonly output: unknown; readonly error: boolean }[]
}

function blocksOf(content: unknown): Blocks {
  if (typeof content === 'string') return { text: content, parts: [], results: [] }
  const texts: string[] = []
  const parts: Part[] = []
  const results: Blocks['results'][number][] = []
  for (const block of listOf(content).map(fieldsOf)) {
    const { type } = block
    if (type === 'text') texts.push(textOf(block.text) ?? '')
    else if (type === 'thinking') parts.push(...thought(block))
    else if (type === 'tool_use' || type === 'server_tool_use') parts.push(call(block.id, block.name, block.input))
    else if (type === 'image' || type === 'document') parts.push(pictured(block))
    else if (type === 'tool_result') {
      results.push({ id: block.tool_use_id, output: outputOf(block.content), error: block.is_error === true })
    } else texts.push(`[${String(type)}]`)
  }
  return { text: texts.join('\n\n'), parts, results }
}

function thought(block: Fields): readonly Part[] {
  const text = textOf(block.thinking)
  return text === undefined ? [] : [reasoning(text)]
}

function pictured(block: Fields): Part {
  const { media_type: type, url } = fieldsOf(block.source)
  return file(textOf(block.title), textOf(type), textOf(url))
}

/** Texts as one text; pictures are named. */
function outputOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  const texts = content.map(fieldsOf).map((one) => textOf(one.text) ?? `[${String(one.type)}]`)
  return texts.join('\n')
}

function editOf(told: Fields): Part | null {
  const { filePath, oldString, newString, originalFile, content, structuredPatch, replaceAll } = told
  const path = textOf(filePath)
  if (path === undefined || (typeof newString !== 'string' && typeof content !== 'string')) return null
  const before = typeof originalFile === 'string' ? originalFile : undefined
  const rows = listOf(structuredPatch).flatMap((hunk) => listOf(fieldsOf(hunk).lines))
  const diff = rows.length === 0 ? undefined : `${rows.join('\n')}\n`
  if (typeof content === 'string') {
    const isNew = told.type === 'create' || before === undefined
    return edit({ path, operation: isNew ? 'create' : 'update', before, after: content, diff })
  }
  const after =
    before === undefined ? undefined : replaced(before, String(oldString ?? ''), String(newString), replaceAll)
  return edit({ path, operation: oldString === '' ? 'create' : 'update', before, after, diff })
}

function replaced(before: string, old: string, text: string, all: unknown): string | undefined {
  if (old === '') return before === '' ? text : undefined
  if (!before.includes(old)) return undefined
  return all === true ? before.replaceAll(old, () => text) : before.replace(old, () => text)
}
