// Makes items of entries that are no messages: runs, processes, waits for people, and what divides the log.

import type { EntryShape } from 'daybook/client'
import type { Item, ProcessItem, QuietItem, RuleItem, RunItem, ToolItem } from './items.ts'

/** The data of an entry as this page reads it; what is absent reads as undefined. */
export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(entry: EntryShape): Fields {
  const { data } = entry
  return typeof data === 'object' && data !== null ? (data as Fields) : {}
}

export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

const wordOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

export function placed(entry: EntryShape, number = 0) {
  const { seq, at, actor, run_id } = entry
  return { key: `${seq}.${number}`, seq, at, by: actor, run: runOf(entry, run_id), stamp: String(seq) }
}

function runOf(entry: EntryShape, run: string | undefined): string | undefined {
  return run ?? wordOf(fieldsOf(entry).run_id)
}

/** With the end of its step. What a message said of it, which the step then only names, stays. */
export function endOf(item: ToolItem, state: ToolItem['state'], { seq, at }: EntryShape, data: Fields): ToolItem {
  const told = fieldIn(data.output, 'message_seq') !== undefined
  if (told && item.ended) return item
  const output = told ? item.output : (data.error ?? data.output ?? item.output)
  return { ...item, state, output, ended: { seq, at } }
}

function fieldIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined
}

type Maker = (entry: EntryShape, data: Fields) => Item

const rule =
  (what: RuleItem['what'], text: (data: Fields) => string = () => '', detail: (data: Fields) => string = () => '') =>
  (entry: EntryShape, data: Fields): RuleItem => ({
    ...placed(entry),
    type: 'rule',
    what,
    text: text(data),
    detail: detail(data),
  })

const run =
  (state: RunItem['state'], text: (data: Fields) => string = () => '') =>
  (entry: EntryShape, data: Fields): RunItem => ({
    ...placed(entry),
    type: 'run',
    state,
    text: text(data),
    reason: wordOf(data.reason),
    until: wordOf(data.until),
    duration: numberOf(data.duration_ms),
    cost: numberOf(data.cost),
  })

const process =
  (state: ProcessItem['state'], text: (data: Fields) => string) =>
  (entry: EntryShape, data: Fields): ProcessItem => ({
    ...placed(entry),
    type: 'process',
    process: textOf(data.process_id),
    state,
    text: text(data),
  })

const quiet =
  (text: (data: Fields) => string) =>
  (entry: EntryShape, data: Fields): QuietItem => ({
    ...placed(entry),
    type: 'quiet',
    kind: entry.kind,
    text: text(data),
  })

function opened(entry: EntryShape, data: Fields): RuleItem {
  const base = data.base as { session_id: string; seq: number } | undefined
  return {
    ...placed(entry),
    type: 'rule',
    what: base ? 'fork' : 'opened',
    text: base ? base.session_id : textOf(data.agent),
    detail: textOf(data.name),
    ...(base ? { link: { session: base.session_id, seq: base.seq } } : {}),
  }
}

function finished(entry: EntryShape, data: Fields): RunItem {
  const failure = data.error as { code?: string; message?: string } | undefined
  const text = (): string => failure?.message ?? ''
  return run(data.status === 'failed' ? 'failed' : 'done', text)(entry, data)
}

const makers: Readonly<Record<string, Maker>> = {
  'session.opened': opened,
  'session.archived': rule('archived', undefined, (data) => textOf(data.reason)),
  'session.reopened': rule('reopened'),
  'session.trashed': rule('trashed'),
  'session.restored': rule('restored'),
  'session.deleted': rule('deleted'),
  'session.rewound': rule('rewound', (data) => textOf(data.to)),
  handoff: rule(
    'handoff',
    (data) => `${textOf(data.from)} → ${textOf(data.to)}`,
    (data) => textOf(data.reason),
  ),
  // What is asked and what is waited for stand in entries of their own beside it.
  'run.queued': run('queued'),
  'run.started': run('started', (data) => textOf(data.agent ?? data.skill)),
  'run.waiting': run('waiting', (data) => (data.reason === 'budget_paused' ? textOf(data.summary) : '')),
  'run.finished': finished,
  'run.cancelled': run('cancelled'),
  'run.withdrawn': run('changed'),
  'run.edited': run('changed', (data) => textOf(data.input)),
  'run.moved': run('changed'),
  'run.resumed': run('started'),
  'run.steered': run('steered', (data) => textOf(data.input)),
  'program.bound': quiet((data) => `${textOf(data.program)} · ${textOf(data.workdir)}`),
  'process.started': process('starting', (data) => `${textOf(data.program)} · ${textOf(data.driver)}`),
  'process.ready': process('ready', () => ''),
  'process.exited': (entry, data) => {
    const known = data.exit_code !== undefined || data.signal !== undefined
    const how = data.signal === undefined ? textOf(data.exit_code) : textOf(data.signal)
    return process(known ? 'exited' : 'lost', () => how)(entry, data)
  },
  'process.interrupted': process('interrupted', (data) => textOf(data.by)),
  'process.activity_changed': (entry, data) =>
    process(data.active === true ? 'busy' : 'idle', (each) => textOf(each.value))(entry, data),
  'process.auto_command_sent': process('told', (data) => textOf(data.text)),
  'state.changed': quiet((data) => textOf(data.scope)),
  pin: quiet((data) => textOf(data.path)),
  'session.updated': quiet((data) => textOf(data.name)),
  'branch.state_changed': quiet((data) => textOf(data.branch)),
  'transcript.adopted': quiet((data) => textOf(data.source)),
  'foreign.recorded': quiet((data) => `${textOf(data.source)} ${textOf(data.type)}`),
}

/** One item for an entry of whatever kind is not folded with others. */
export function placeOf(entry: EntryShape): Item {
  const maker = makers[entry.kind] ?? quiet(() => '')
  return maker(entry, fieldsOf(entry))
}
