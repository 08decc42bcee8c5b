// What a preamble is made of, told from the last messages, the notes and the files of a session.

import type { HistoryMessage } from '../views/contract.ts'
import type { Known, Noted, Turned } from './preamble.ts'

/** Messages that are looked at from the end; a budget is used up long before. */
export const lastMessages = 400

export type Said = Pick<HistoryMessage, 'seq' | 'role' | 'content' | 'name' | 'agent' | 'parts' | 'metadata'>

export interface Changed {
  readonly path: string
  readonly to?: string | undefined
  readonly operation: string
  readonly added?: number | undefined
  readonly removed?: number | undefined
}

/** A session up to an entry, wherever it was read from. */
export interface Looked
  extends Pick<Known, 'session' | 'seq' | 'title' | 'agent' | 'branch' | 'repository' | 'folder'> {
  /** The last {@link lastMessages}, oldest first. */
  readonly messages: readonly Said[]
  /** What the person said first. */
  readonly first: string | undefined
  readonly notes: readonly Noted[]
  readonly files: readonly Changed[]
}

export function knownFrom({ messages, first, notes, files, ...facts }: Looked): Known {
  const last = messages.findLast(isAsked)?.content ?? ''
  const touched = new Map(files.map((file) => [file.to ?? file.path, file]))
  return {
    ...facts,
    goal: first ?? last,
    last,
    notes: notes.map(({ seq, type, text }) => ({ seq, type, text })),
    open: openEnds(messages),
    files: [...touched].map(([path, { operation, added, removed }]) => {
      const size = added === undefined && removed === undefined ? '' : `, +${added ?? 0} −${removed ?? 0}`
      return { path, what: `${operation}${size}` }
    }),
    turns: messages.flatMap(turned),
  }
}

/** A person said it. */
export function isAsked({ role, content, metadata }: Pick<Said, 'role' | 'content' | 'metadata'>): boolean {
  return role === 'user' && content.trim() !== '' && metadata?.preamble === undefined
}

/** What came last and was never answered, in the order of the log. */
function openEnds(messages: readonly Said[]): readonly string[] {
  const ends: string[] = []
  const calls = new Map<string, string>()
  let failed: string | null = null
  let question: string | null = null
  for (const message of messages) {
    if (isAsked(message)) question = message.content
    // What the agent said last came after all that; what it tried before is no open end any more.
    if (message.role === 'assistant' && message.content.trim() !== '') failed = question = null
    if (message.role === 'user') calls.clear()
    for (const part of message.parts ?? []) {
      if (part.type === 'call') calls.set(part.call_id, part.name)
      if (part.type !== 'result') continue
      failed = part.error ? (calls.get(part.call_id) ?? 'a call') : null
      calls.delete(part.call_id)
    }
  }
  for (const name of calls.values()) ends.push(`the call ${name} has no result`)
  if (failed !== null) ends.push(`the last call, ${failed}, failed`)
  if (question !== null) ends.push(`not answered: ${question}`)
  return ends
}

/** Instructions of a program to its own model, and results, are no turns. */
function turned({ seq, role, agent, name, content, parts = [] }: Said): readonly Turned[] {
  if (role === 'system' || role === 'tool') return []
  const calls = parts.flatMap((part) => (part.type === 'call' ? [part.name] : []))
  return [{ seq, by: name ?? agent ?? role, text: content, calls }]
}
