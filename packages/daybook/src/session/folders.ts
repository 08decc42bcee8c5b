// One folder per entry kind: what the entry changes in head and cell.

import type { StoredEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import { type JsonObject, limits } from '../schema/json.ts'
import type { DataOf, Kind } from '../schema/kinds.ts'
import { addCost, addTokens, addUsage } from '../schema/usage.ts'
import type { Folded, Folder } from './fold.ts'
import { firstLine, line } from './lines.ts'
import { dueOf, endedRuns, runFolders, settle, withoutFailures } from './run-folders.ts'
import { isObject, mergePatch } from './values.ts'

/** Kinds without a row change nothing but seq, hash and times. */
export const folders: { readonly [K in Kind]?: Folder<K> } = {
  message: ({ head }, data, entry) => {
    const { tokens, cost } = addUsage(head, data.usage, data.cost)
    const attention = data.role === 'user' ? withoutFailures(head.attention) : head.attention
    const whole = {
      ...head,
      ...(attention === head.attention ? undefined : settle(head, head.openRuns, attention, entry)),
    }
    whole.messages = head.messages + 1
    whole.tokens = tokens
    whole.cost = cost
    whole.last = line(data.content, entry, data.name ?? data.role)
    whole.title = head.title ?? (data.role === 'user' ? firstLine(data.content) : null)
    whole.lastActivity = entry.at
    return { whole }
  },
  'session.opened': opened,
  'session.updated': ({ cell }, data) => ({
    head: {
      ...labelsOf(data),
      ...(data.name === undefined ? undefined : { name: data.name }),
      ...(data.model === undefined ? undefined : { model: data.model }),
    },
    cell: {
      state: cell.state,
      metadata: patched(cell.metadata, data.metadata, data.replace),
      agentData: patched(cell.agentData, data.agent_data, data.replace),
    },
  }),
  'session.archived': () => ({ head: { place: 'archived' } }),
  'session.reopened': () => ({ head: { place: 'open' } }),
  'session.trashed': ({ head }, _data, entry) => ({
    head: {
      place: 'trash',
      trashedAt: entry.at,
      trashedFrom: head.place === 'archived' ? 'archived' : 'open',
      due: entry.at + limits.keptMs,
    },
  }),
  'session.restored': ({ head }, _data, entry) => ({
    head: { place: 'open', trashedAt: null, trashedFrom: null, due: dueOf(head.openRuns, entry.at) },
  }),
  'session.deleted': ({ head }, _data, entry) => ({
    head: {
      ...forgotten,
      place: 'deleted',
      owner: head.owner,
      readers: head.readers,
      // When and by whom, for who comes to it later: no store reads entries of a tombstone.
      last: { text: '', at: entry.at, by: entry.actor },
    },
    cell: { state: {}, metadata: {}, agentData: {} },
  }),
  'session.rewound': rewound,
  'session.shared': (_state, data) => ({ head: { readers: data.readers } }),
  'state.changed': ({ cell }, data) => ({
    cell: { ...cell, state: patched(cell.state, data.patch, data.replace) },
  }),
  handoff: ({ head }, data, entry) => ({
    head: {
      currentAgent: data.to,
      switches: head.switches + 1,
      lastSwitchAt: entry.at,
      lastActivity: entry.at,
      ...addUsage(head, data.usage, data.cost),
    },
  }),
  note: (_state, data, entry) => ({
    head: { last: line(data.text, entry, data.type), lastActivity: entry.at },
  }),
  summary: ({ head }, data, entry) => ({
    head: { summary: { seq: entry.seq, covers: data.covers_seq }, ...addUsage(head, data.usage, data.cost) },
  }),
  'entry.erased': ({ head }, data) => ({
    head: { tokens: addTokens(head.tokens, sum(data.tokens)), cost: addCost(head.cost, sum(data.cost)) },
  }),
  ...runFolders,
}

function opened({ head, cell }: Folded, data: DataOf<'session.opened'>, entry: StoredEntry) {
  // A fork merges into what it inherits; otherwise the values are taken as they are, nulls too.
  const fresh = data.base === undefined
  return {
    head: {
      ...(data.base ? inheritedOf(head, data.base) : undefined),
      ...labelsOf(data),
      name: data.name ?? head.name,
      ...(data.model === undefined ? undefined : { model: data.model }),
      owner: data.owner,
      agent: data.agent_id ?? head.agent,
      currentAgent: data.agent,
      createdAt: entry.at,
      lastActivity: entry.at,
    },
    cell: {
      state: patched(cell.state, data.state, fresh),
      metadata: patched(cell.metadata, data.metadata, fresh),
      agentData: patched(cell.agentData, data.agent_data, fresh),
    },
  }
}

/** What a fork takes over from its base's head without leases, queue, waits and open runs. */
function inheritedOf(head: Head, base: { session_id: string; seq: number }): Partial<Head> {
  return {
    runs: endedRuns(head),
    base: { session: base.session_id, seq: base.seq },
    place: 'open',
    status: 'idle',
    attention: [],
    openRuns: [],
    readers: [],
    due: null,
    trashedAt: null,
    trashedFrom: null,
  }
}

/** Message counts, state, agent and title go back; identity, labels, model, place, usage and open work stay. */
function rewound(
  { head }: Folded,
  data: DataOf<'session.rewound'>,
  _entry: StoredEntry,
  context: { rewoundTo?: Folded },
) {
  const target = context.rewoundTo
  if (!target) throw new Error(`a rewind to ${data.to} was folded without the state there`)
  const { messages, currentAgent, switches, lastSwitchAt, last, title, summary } = target.head
  return {
    head: {
      messages,
      runs: endedRuns(target.head),
      currentAgent,
      switches,
      lastSwitchAt,
      last,
      title,
      summary,
      name: head.name,
    },
    cell: target.cell,
  }
}

const forgotten: Partial<Head> = {
  name: null,
  title: null,
  status: 'idle',
  attention: [],
  last: null,
  agent: null,
  user: null,
  team: null,
  workflow: null,
  branch: null,
  repository: null,
  openRuns: [],
  due: null,
  summary: null,
}

function labelsOf(data: DataOf<'session.updated'>): Partial<Head> {
  const labels: { -readonly [Name in keyof Head]?: Head[Name] } = {}
  if (data.agent_id !== undefined) labels.agent = data.agent_id
  if (data.user_id !== undefined) labels.user = data.user_id
  if (data.team_id !== undefined) labels.team = data.team_id
  if (data.workflow_id !== undefined) labels.workflow = data.workflow_id
  if (data.branch !== undefined) labels.branch = data.branch
  if (data.repository !== undefined) labels.repository = data.repository
  return labels
}

function patched(present: JsonObject, patch: unknown, replace = false): JsonObject {
  if (patch === undefined) return present
  const next = replace ? patch : mergePatch(present, patch as JsonObject)
  return isObject(next) ? next : present
}

function sum(numbers: readonly number[] = []): number {
  return numbers.reduce((total, number) => total + number, 0)
}
