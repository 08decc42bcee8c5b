// What became of one turn: each call of a skill done once or marked unknown, one message for each end, one answer, no secret.

import type { AnyEntry } from '../../../packages/daybook/src/schema/entries.ts'
import type { Message, Part } from '../../../packages/daybook/src/schema/parts.ts'
import type { Counter } from '../campaign.ts'
import type { Effect } from '../runs/effects.ts'
import { boundaryOf, isIdempotent, lastWords, tools } from './where.ts'

export const counts = {
  kills: 'kills',
  boundaries: 'turns killed at a named boundary',
  done: 'turns that answered after the restart',
  unknown: 'calls of skills told as unknown',
  repeated: 'calls done again under their key',
  effects: 'effects in the ledger',
  next: 'turns that went on with such a history, of each provider',
} as const

export interface Turned {
  readonly session: string
  readonly run: string
  readonly entries: readonly AnyEntry[]
  readonly effects: readonly Effect[]
}

interface Told {
  readonly messages: readonly Message[]
  readonly calls: readonly Extract<Part, { type: 'call' }>[]
  readonly results: readonly Extract<Part, { type: 'result' }>[]
}

function toldIn({ entries, run }: Turned): Told {
  const messages = entries.flatMap(({ kind, data, ...entry }) =>
    kind === 'message' && entry.run === run ? [data as Message] : [],
  )
  const parts = messages.flatMap((message) => message.parts ?? [])
  return {
    messages,
    calls: parts.filter((part) => part.type === 'call'),
    results: parts.filter((part) => part.type === 'result'),
  }
}

/** What is wrong with it; nothing where all is right. */
export function account(turned: Turned, counter: Counter): readonly string[] {
  const told = toldIn(turned)
  return [
    ...checkMessages(turned, told),
    ...tools.flatMap((_, index) => checkTool(turned, told, index + 1, counter)),
  ].map((problem) => `${turned.session}: ${problem}`)
}

function checkMessages({ session, entries, run }: Turned, { messages, calls, results }: Told): readonly string[] {
  const problems: string[] = []
  const roles = messages.map(({ role }) => role).join(' ')
  const expected = ['user', ...tools.flatMap(() => ['assistant', 'tool']), 'assistant'].join(' ')
  if (roles !== expected) problems.push(`its messages are ${roles}`)
  if (messages.at(-1)?.content !== lastWords) problems.push(`it ends with ${messages.at(-1)?.content}`)
  if (calls.length !== tools.length || results.length !== tools.length) {
    problems.push(`${calls.length} calls have ${results.length} results`)
  }
  const steps = messages.flatMap(({ metadata }) => (metadata?.step === undefined ? [] : [String(metadata.step)]))
  if (new Set(steps).size !== steps.length) problems.push('a step told two messages')
  const ends = entries.filter(({ kind, run: of }) => kind === 'run.finished' && of === run)
  if (ends.length !== 1) problems.push(`it ended ${ends.length} times`)
  if ((ends[0]?.data as { status?: string } | null)?.status !== 'done') problems.push('it is not done')
  const handed = entries.filter(({ kind, run: of }) => kind === 'handoff' && of === run).length
  if (handed !== (boundaryOf(session)?.number === 0 ? 1 : 0)) problems.push(`it was handed over ${handed} times`)
  return problems
}

function checkTool(turned: Turned, { results }: Told, number: number, counter: Counter): readonly string[] {
  const name = tools[number - 1] ?? ''
  const problems: string[] = []
  const own = turned.effects.filter((effect) => effect.run === turned.run && effect.name === name)
  const keys = new Set(own.map(({ key }) => key))
  const result = results[number - 1]
  const isUnknown = result?.error === true && String(result.output).startsWith('Unknown outcome')
  const at = boundaryOf(turned.session)
  const met = at?.number === number && (at.moment === 'begin' || at.moment === 'inside')
  counter.add(counts.effects, own.length)
  if (isUnknown) counter.add(counts.unknown)
  if (keys.size > 1) problems.push(`${name} was called under ${keys.size} keys`)
  if (isIdempotent(number)) {
    if (own.length > 1) counter.add(counts.repeated, own.length - 1)
    if (own.length === 0 || isUnknown) problems.push(`${name} may be repeated, and was not done`)
    if (own.length > (met && at.moment === 'inside' ? 2 : 1)) problems.push(`${name} was done ${own.length} times`)
  } else {
    if (own.length > 1) problems.push(`${name} was done ${own.length} times`)
    if (met !== isUnknown) problems.push(met ? `nobody says that ${name} is unknown` : `${name} is taken for unknown`)
    if (!met && own.length !== 1) problems.push(`${name} was not done`)
  }
  if (!isUnknown && result?.error === true) problems.push(`${name} failed: ${JSON.stringify(result.output)}`)
  return problems
}
