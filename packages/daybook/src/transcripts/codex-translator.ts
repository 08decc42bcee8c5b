// Makes entries of the records of Codex: its response items are the log, its events mostly say the same again.

import type { Json, JsonObject } from '../schema/json.ts'
import type { Part } from '../schema/parts.ts'
import type { Facts, Translation, Translator } from './contract.ts'
import { learned } from './facts.ts'
import { type Fields, fieldsOf, listOf, parsedOf, textOf, timeOf } from './fields.ts'
import { call, type Edited, edit, file, foreign, message, reasoning, result } from './parts.ts'
import { below, editsOfPatch } from './patch.ts'
import { UsageKeeper } from './usage.ts'

/** Records that say nothing which a message does not say. */
const redundant: ReadonlySet<string> = new Set([
  ...['session_meta', 'turn_context', 'world_state', 'token_usage_record'],
  ...[
    'user_message',
    'agent_message',
    'agent_reasoning',
    'agent_reasoning_raw_content',
    'agent_reasoning_section_break',
  ],
  ...['task_started', 'task_complete', 'turn_started', 'turn_complete', 'token_count', 'thread_settings_applied'],
  ...[
    'exec_command_begin',
    'exec_command_end',
    'exec_command_output_delta',
    'patch_apply_begin',
    'thread_name_updated',
  ],
  ...['mcp_tool_call_begin', 'mcp_tool_call_end', 'web_search_begin', 'web_search_end', 'ghost_snapshot'],
])
/** Items of events that response items say as well; changes of files are taken, others are not known. */
const redundantItems: ReadonlySet<unknown> = new Set([
  ...['UserMessage', 'AgentMessage', 'Reasoning', 'CommandExecution', 'McpToolCall', 'WebSearch', 'FileChange'],
])
/** Calls whose results may still come. */
const mostPending = 16

export class CodexTranslator implements Translator {
  readonly #agent: string
  readonly #usage: UsageKeeper
  /** Edits under way by the id of their call; they count once the call has succeeded. */
  readonly #edits: Map<string, readonly Edited[]>
  #model: string | undefined
  #number = 0
  facts: Facts

  constructor(agent: string, memo?: Json) {
    const { model, facts, edits, usage } = fieldsOf(memo)
    this.#agent = agent
    this.#usage = new UsageKeeper(usage as Json)
    this.#edits = new Map(Object.entries(fieldsOf(edits)) as [string, readonly Edited[]][])
    this.#model = textOf(model)
    this.facts = fieldsOf(facts)
  }

  take(record: unknown, number: number): readonly Translation[] {
    const { type, payload: inner, timestamp } = fieldsOf(record)
    const payload = fieldsOf(inner)
    this.#number = number
    this.#learn(type, payload)
    if (type === 'response_item') return this.#usage.give(this.#item(payload, record, timeOf(timestamp)))
    if (type === 'compacted') {
      const at = timeOf(timestamp)
      const said = message({ role: 'system', text: textOf(payload.message), agent: this.#agent, at, record: number })
      return this.#usage.give(said ? [said] : [])
    }
    const known =
      redundant.has(String(type === 'event_msg' ? payload.type : type)) ||
      (payload.type === 'item_completed' && redundantItems.has(fieldsOf(payload.item).type)) ||
      payload.type === 'item_started'
    return known ? [] : this.#usage.give([foreign(this.#agent, payload.type ?? type, record, timeOf(timestamp))])
  }

  flush(): readonly Translation[] {
    return this.#usage.flush()
  }

  memo(): Json {
    return {
      ...(this.#model === undefined ? undefined : { model: this.#model }),
      facts: this.facts as JsonObject,
      edits: Object.fromEntries(this.#edits) as unknown as JsonObject,
      usage: this.#usage.memo(),
    }
  }

  /** What records tell beside messages: where, with which model, how many tokens, which files. */
  #learn(type: unknown, payload: Fields): void {
    if (type === 'session_meta') this.#opened(payload)
    if (type === 'turn_context') {
      this.#model = textOf(payload.model) ?? this.#model
      this.#fact({ cwd: textOf(payload.cwd) })
    }
    if (payload.type === 'token_count') {
      const total = fieldsOf(fieldsOf(payload.info).total_token_usage)
      this.#usage.total(total.input_tokens, total.output_tokens)
    }
    if (payload.type === 'thread_name_updated') this.#fact({ name: textOf(payload.thread_name) })
    const item = fieldsOf(payload.item)
    if (item.type === 'FileChange' && item.status === 'completed') this.#remember(item.id, changesOf(item.changes))
    if (payload.type === 'patch_apply_begin') this.#remember(payload.call_id, changesOf(payload.changes))
  }

  #opened(payload: Fields): void {
    const git = fieldsOf(payload.git)
    this.#fact({
      cwd: textOf(payload.cwd),
      branch: textOf(git.branch),
      repository: textOf(git.repository_url),
      version: textOf(payload.cli_version),
      startedAt: timeOf(payload.timestamp),
      parent: textOf(payload.forked_from_id) ?? textOf(payload.parent_thread_id),
    })
  }

  #fact(told: { readonly [Name in keyof Facts]: Facts[Name] | undefined }): void {
    this.facts = learned(this.facts, told)
  }

  #item(item: Fields, record: unknown, at: number | undefined): readonly Translation[] {
    const parts = this.#partsOf(item)
    if (parts === null) return redundant.has(String(item.type)) ? [] : [foreign(this.#agent, item.type, record, at)]
    const said = message({
      role: parts.role,
      text: parts.text,
      parts: parts.parts,
      agent: this.#agent,
      model: this.#model,
      at,
      record: this.#number,
    })
    return said ? [said] : []
  }

  #partsOf(item: Fields): Spoken | null {
    const { type, call_id: id } = item
    if (type === 'message') return spoken(item)
    if (type === 'reasoning') return thought(item)
    if (type === 'function_call' || type === 'custom_tool_call') {
      const text = textOf(item.arguments) ?? textOf(item.input) ?? ''
      const input = type === 'function_call' ? parsedOf(text) : text
      const edits = editsOfPatch(patchIn(input), this.facts.cwd)
      if (edits.length > 0) this.#remember(id, edits)
      return { role: 'assistant', parts: [call(id, item.name, input)] }
    }
    if (type === 'local_shell_call') return { role: 'assistant', parts: [call(id, 'local_shell', item.action)] }
    if (type === 'web_search_call')
      return { role: 'assistant', parts: [call(id ?? item.id, 'web_search', item.action)] }
    if (type === 'function_call_output' || type === 'custom_tool_call_output') {
      const output = parsedOf(item.output)
      const error = hasFailed(output)
      return { role: 'tool', parts: [result(id, output, error), ...this.#edited(id, error)] }
    }
    return null
  }

  #remember(id: unknown, edits: readonly Edited[]): void {
    if (typeof id !== 'string' || edits.length === 0) return
    this.#edits.set(id, edits)
    const [oldest] = this.#edits.keys()
    if (this.#edits.size > mostPending && oldest !== undefined) this.#edits.delete(oldest)
  }

  #edited(id: unknown, error: boolean): readonly (Part | null)[] {
    const edits = this.#edits.get(String(id)) ?? []
    this.#edits.delete(String(id))
    return error ? [] : edits.map(edit)
  }
}

interface Spoken {
  readonly role: 'user' | 'assistant' | 'system' | 'tool'
  readonly text?: string
  readonly parts: readonly (Part | null)[]
}

function spoken(item: Fields): Spoken {
  const texts: string[] = []
  const parts: Part[] = []
  for (const one of listOf(item.content).map(fieldsOf)) {
    const text = textOf(one.text)
    if (text !== undefined) texts.push(text)
    else if (one.type === 'input_image') parts.push(file(undefined, 'image/*', textOf(one.image_url)))
  }
  const text = texts.join('\n\n')
  const role = item.role === 'assistant' ? 'assistant' : item.role === 'user' && !isAdded(text) ? 'user' : 'system'
  return { role, text, parts }
}

/** What the program itself puts in front of the person's words, or between them. */
function isAdded(text: string): boolean {
  const start = text.trimStart()
  return (
    /^<([a-z_]+)>[\s\S]*<\/\1>\s*$/.test(start) ||
    /^(?:# AGENTS\.md instructions|Warning: apply_patch was requested via )/.test(start)
  )
}

function thought(item: Fields): Spoken {
  const words = [...listOf(item.summary), ...listOf(item.content)].map((one) => textOf(fieldsOf(one).text) ?? '')
  const text = words.filter((one) => one !== '').join('\n\n')
  return { role: 'assistant', parts: text === '' ? [] : [reasoning(text)] }
}

/** A patch is a call of its own, or a command of the shell. */
function patchIn(input: unknown): string {
  if (typeof input === 'string') return input
  const { input: patch, patch: other, cmd, command } = fieldsOf(input)
  return [patch, other, cmd, ...(Array.isArray(command) ? command : [command])]
    .filter((one) => typeof one === 'string')
    .join('\n')
}

function changesOf(changes: unknown): readonly Edited[] {
  return Object.entries(fieldsOf(changes)).map(([path, value]) => {
    const change = fieldsOf(value)
    // Newer versions name the kind in a field, older ones by the name of the only member.
    const inner = change.type === undefined ? fieldsOf(Object.values(change)[0]) : change
    const type = textOf(change.type) ?? Object.keys(change)[0]
    const to = textOf(inner.move_path)
    if (type === 'add') return { path, operation: 'create', after: textOf(inner.content) ?? '' }
    if (type === 'delete') return { path, operation: 'delete', before: textOf(inner.content) }
    const diff = textOf(inner.unified_diff)
    return to === undefined
      ? { path, operation: 'update', diff }
      : { path, operation: 'rename', to: below(to, undefined), diff }
  })
}

/** What is known of a command's end stands in its output, in one of three forms. */
function hasFailed(output: unknown): boolean {
  const { success, metadata } = fieldsOf(output)
  if (success === false) return true
  const code = fieldsOf(metadata).exit_code
  if (typeof code === 'number') return code !== 0
  if (typeof output !== 'string') return false
  const [, told] = /^(?:Process exited with code|Exit code:) (\d+)/m.exec(output.slice(0, 512)) ?? []
  return told === undefined ? /^(?:apply_patch verification failed|execution error)/.test(output) : told !== '0'
}
