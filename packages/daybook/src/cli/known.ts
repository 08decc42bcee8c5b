// What a preamble is made of, read through the backend: the goal, notes, open ends, files and last turns of a session.

import type { SessionShape } from '../schema/wire-shapes.ts'
import type { HistoryMessageShape } from '../schema/wire-views.ts'
import type { Known, Turned } from '../transcripts/writing/preamble.ts'
import type { BackendSession } from './backend.ts'
import { titleOf } from './format/session.ts'

/** Messages that are looked at from the end; a budget is used up long before. */
const lastMessages = 400

export async function knownOf(remote: BackendSession, session: SessionShape, until: number): Promise<Known> {
  const [{ messages, current_agent: agent }, { notes }, { files }] = [
    await remote.view('history', { until, limit: lastMessages }),
    await remote.view('notes', { until }),
    await remote.view('files', { until }),
  ]
  const last = messages.findLast((message) => isAsked(message))?.content ?? ''
  const touched = new Map(files.map((file) => [file.to ?? file.path, file]))
  return {
    session: session.session_id,
    seq: until,
    title: titleOf(session),
    agent,
    branch: session.branch,
    repository: session.repository,
    folder: typeof session.metadata?.cwd === 'string' ? session.metadata.cwd : null,
    goal: (await goalOf(remote, until)) ?? last,
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

function isAsked({ role, content, metadata }: Pick<HistoryMessageShape, 'role' | 'content' | 'metadata'>): boolean {
  return role === 'user' && content.trim() !== '' && metadata?.preamble === undefined
}

/** What the person said first. */
async function goalOf(remote: BackendSession, until: number): Promise<string | undefined> {
  for await (const { data } of remote.stream({ kind: ['message'], until })) {
    const message = data as HistoryMessageShape | null
    if (message !== null && isAsked(message)) return message.content
  }
  return undefined
}

/** What came last and was never answered, in the order of the log. */
function openEnds(messages: readonly HistoryMessageShape[]): readonly string[] {
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
function turned({ seq, role, agent, name, content, parts = [] }: HistoryMessageShape): readonly Turned[] {
  if (role === 'system' || role === 'tool') return []
  const calls = parts.flatMap((part) => (part.type === 'call' ? [part.name] : []))
  return [{ seq, by: name ?? agent ?? role, text: content, calls }]
}
