// Puts messages into an order that every provider takes, and refuses what none of them would.

import type { Part } from '../schema/parts.ts'
import { ModelFailure, type ModelMessage, type ModelName } from './contract.ts'
import { partsOf } from './prompt.ts'

/** Said where a conversation would begin or end with the model's own words, which several providers refuse. */
export const begins = 'Go on.'

/**
 * The same conversation as providers take it: nothing empty; who speaks twice in a row speaks once; a user begins and a
 * user or a result ends; what stands as `system` behind the beginning is told by the user, because only instructions may
 * stand so. Files of results are shown by the user behind all of them. Names and ids of calls are those that all providers take.
 *
 * @throws ModelFailure `invalid_request` when a call has no result directly behind it, or a result no call before it
 */
export function ordered(messages: readonly ModelMessage[], model: ModelName): ModelMessage[] {
  const joined: ModelMessage[] = []
  const ids = new CallIds()
  const shown: ModelMessage[] = []
  const add = (next: ModelMessage | null): void => {
    if (next === null) return
    const last = joined.at(-1)
    if (last === undefined && next.role !== 'user') joined.push({ role: 'user', content: begins })
    if (last?.role === next.role) joined[joined.length - 1] = both(last, next)
    else joined.push(next)
  }
  for (const message of messages) {
    if (message.role !== 'tool') for (const each of shown.splice(0)) add(plain(each, ids))
    add(plain(message, ids))
    if (message.role === 'tool') shown.push({ ...message, role: 'user', content: '' })
  }
  for (const each of shown) add(plain(each, ids))
  checkCalls(joined, model)
  if (joined.at(-1)?.role !== 'user' && joined.at(-1)?.role !== 'tool') joined.push({ role: 'user', content: begins })
  return joined
}

function plain(message: ModelMessage, ids: CallIds): ModelMessage | null {
  const role = message.role === 'system' ? 'user' : message.role
  const parts = partsOf(message).flatMap((part) => kept(part, role, ids))
  return parts.length === 0 ? null : { ...message, role, content: '', parts }
}

function kept(part: Part, role: ModelMessage['role'], ids: CallIds): Part[] {
  if (part.type === 'text') return part.text.trim() === '' ? [] : [part]
  if (part.type === 'call') {
    return role === 'assistant' ? [{ ...part, call_id: ids.of(part.call_id), name: nameOf(part.name) }] : []
  }
  if (part.type === 'result') return role === 'tool' ? [{ ...part, call_id: ids.of(part.call_id) }] : []
  if (part.type === 'reasoning') return role === 'assistant' ? [part] : []
  return role === 'tool' ? [] : [part]
}

function both(one: ModelMessage, other: ModelMessage): ModelMessage {
  const files = one.files && other.files ? new Map([...one.files, ...other.files]) : (one.files ?? other.files)
  return { ...one, parts: [...partsOf(one), ...partsOf(other)], ...(files ? { files } : {}) }
}

function checkCalls(messages: readonly ModelMessage[], model: ModelName): void {
  for (const [index, message] of messages.entries()) {
    const before = callsOf(index === 0 ? undefined : messages[index - 1])
    if (message.role === 'tool') {
      const results = partsOf(message).flatMap((part) => (part.type === 'result' ? [part.call_id] : []))
      const stray = results.find((id) => !before.includes(id)) ?? results.find((id, at) => results.indexOf(id) !== at)
      if (stray !== undefined) throw invalid(model, `the result of ${stray} has no call before it, or stands twice`)
      const missing = before.find((id) => !results.includes(id))
      if (missing !== undefined) throw invalid(model, `the call ${missing} has no result`)
    } else if (before.length > 0) throw invalid(model, `the call ${before[0]} has no result directly behind it`)
  }
  const [open] = callsOf(messages.at(-1))
  if (open !== undefined) throw invalid(model, `the call ${open} has no result`)
}

function callsOf(message: ModelMessage | undefined): readonly string[] {
  if (message?.role !== 'assistant') return []
  return partsOf(message).flatMap((part) => (part.type === 'call' ? [part.call_id] : []))
}

function invalid(model: ModelName, why: string): ModelFailure {
  return new ModelFailure('invalid_request', model, `${model}: ${why}`)
}

/** Transcripts of other agents name skills as no provider allows. */
function nameOf(name: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)
}

/** Ids as all providers take them, the same id for the same call. */
class CallIds {
  readonly #given = new Map<string, string>()

  of(id: string): string {
    if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id
    const known = this.#given.get(id) ?? `call_${this.#given.size + 1}_${id.replace(/[^A-Za-z0-9]/g, '').slice(0, 24)}`
    this.#given.set(id, known)
    return known
  }
}
