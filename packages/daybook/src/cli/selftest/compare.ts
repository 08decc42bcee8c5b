// What the selftest asks of a session that came back: two pictures of it, one check for each thing that must be the same.

import { isDeepStrictEqual } from 'node:util'
import type { Client } from '../../client/client.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { EntryShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { AgentsShape, HistoryShape } from '../../schema/wire-views.ts'
import { many } from '../format/time.ts'

export interface Picture {
  readonly session: SessionShape
  readonly history: HistoryShape
  readonly agents: AgentsShape
  readonly entries: readonly EntryShape[]
}

export interface Compared {
  readonly name: string
  readonly ok: boolean
  /** What was found, in words. */
  readonly detail: string
}

/** Everything that a server tells of a session; null when it does not know it. */
export async function pictureOf(client: Client, id: string, signal: AbortSignal): Promise<Picture | null> {
  const remote = client.session(id)
  try {
    const session = await remote.get({ signal })
    const [history, agents] = await Promise.all([remote.view('history', { signal }), remote.view('agents', { signal })])
    const entries = await Array.fromAsync(remote.stream({}, { signal }))
    return { session, history, agents, entries }
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return null
    throw error
  }
}

/** One line for each promise about a restart, in the order of what people care for. */
export function compare(before: Picture, after: Picture | null): readonly Compared[] {
  if (after === null) return [{ name: 'the session is there again', ok: false, detail: 'it is gone' }]
  const { history, agents, entries, session } = before
  const texts = after.history.messages.map(({ role, content }) => ({ role, content }))
  return [
    same(
      'every message, every letter',
      texts,
      history.messages.map(({ role, content }) => ({ role, content })),
      () => many(texts.length, 'message'),
    ),
    same('the whole history as it was told', after.history, history, () => `${history.message_count} counted`),
    same('who works, and every hand-over', after.agents, agents, () => handoffs(after.agents)),
    order(entries, after.entries),
    same('every entry and its hash', after.entries, entries, () => `${many(entries.length, 'hash', 'hashes')} equal`),
    same('counts, times and title', after.session, session, () => `at #${session.seq}`),
  ]
}

function handoffs({ current_agent, agent_history }: AgentsShape): string {
  const [first] = agent_history
  return first === undefined ? current_agent : [first.from, ...agent_history.map(({ to }) => to)].join(' → ')
}

/** 1, 2, 3 … without a hole, as many as before. */
function order(before: readonly EntryShape[], after: readonly EntryShape[]): Compared {
  const numbers = after.map(({ seq }) => seq)
  const wrong = numbers.findIndex((seq, at) => seq !== at + 1)
  const ok = wrong < 0 && numbers.length === before.length
  const hole =
    wrong < 0 ? `${numbers.length} of ${before.length}` : `#${numbers[wrong]} stands where #${wrong + 1} belongs`
  return { name: 'the order, without a hole', ok, detail: ok ? `1 … ${numbers.length}` : hole }
}

function same(name: string, after: unknown, before: unknown, told: () => string): Compared {
  if (isDeepStrictEqual(after, before)) return { name, ok: true, detail: told() }
  return { name, ok: false, detail: difference(before, after, '') }
}

/** The first place where two values differ. */
function difference(before: unknown, after: unknown, path: string): string {
  if (Array.isArray(before) && Array.isArray(after) && before.length !== after.length) {
    return `${path || 'list'}: ${before.length} before, ${after.length} now`
  }
  if (typeof before === 'object' && typeof after === 'object' && before !== null && after !== null) {
    const [old, now] = [Object.entries(before), new Map(Object.entries(after))]
    for (const [key, value] of old) {
      if (!isDeepStrictEqual(value, now.get(key))) return difference(value, now.get(key), path ? `${path}.${key}` : key)
    }
    const known = new Set(old.map(([key]) => key))
    return `${path || 'value'}: ${[...now.keys()].find((key) => !known.has(key))} is new`
  }
  return `${path || 'value'}: ${JSON.stringify(before)} before, ${JSON.stringify(after) ?? 'nothing'} now`
}
