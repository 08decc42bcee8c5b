// `daybook show`: a session as lines, the entries around one number, or one of its views.

import { limits } from '../../schema/json.ts'
import type { EntryShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { BackendSession } from '../backend.ts'
import type { Context } from '../context.ts'
import { misuse } from '../exits.ts'
import { beside } from '../format/columns.ts'
import { lineOf, speakerOf } from '../format/entry.ts'
import { plainFromNewest, withoutEchoes } from '../format/plain.ts'
import { factsOf, titleOf } from '../format/session.ts'
import { ago, clock, count, timeOf } from '../format/time.ts'
import { harmless, oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { text, wholeNumber } from '../open.ts'
import { mustHave, noEntry, pick } from '../pick.ts'
import { printContext } from './show-context.ts'
import { costOf, printCost } from './show-cost.ts'
import { printProcesses } from './show-processes.ts'
import { printQueue, printRuns, withAnswers } from './show-runs.ts'

interface Shown {
  readonly context: Context
  readonly session: SessionShape
  readonly remote: BackendSession
  readonly until: number | undefined
  readonly agent: string | undefined
  readonly model: string | undefined
}

const views = ['files', 'notes', 'runs', 'processes', 'queue', 'context', 'cost'] as const

export const perform: Perform = async (context, call) => {
  const until = wholeNumber(call, 'until', 1)
  const asked = [...views, 'raw' as const].filter((name) => call.options[name] === true)
  if (asked.length > 1) throw misuse(`--${asked[0]} and --${asked[1]} exclude each other`)
  if (asked[0] === 'queue' && until !== undefined) throw misuse('--queue and --until exclude each other')
  const { session, seq } = await pick(context, call.args[0])
  const remote = (await context.backend()).session(session.session_id)
  const shown: Shown = { context, session, remote, until, agent: text(call, 'agent'), model: text(call, 'model') }
  for (const name of ['agent', 'model']) {
    if (text(call, name) !== undefined && asked[0] !== 'context') throw misuse(`--${name} goes with --context`)
  }
  mustHave(session, Math.max(seq ?? 0, until ?? 0), `${context.me} show`)
  const view = asked[0]
  if (view === 'raw') await raw(shown, seq)
  else if (view !== undefined) await viewPrinters[view](shown)
  else if (seq !== undefined) await around(shown, seq)
  else await whole(shown, call.options.all === true)
  return undefined
}

/** Entries that are asked for at a time. */
const pageSize = 100

/** The newest entries that are worth it, oldest of them first. */
async function lastEntries(
  { context, remote, until }: Shown,
  standard: number,
  isWorth: (entry: EntryShape) => boolean,
): Promise<EntryShape[]> {
  const limit = context.since === undefined ? (context.limit ?? standard) : (context.limit ?? Number.POSITIVE_INFINITY)
  const entries: EntryShape[] = []
  for await (const entry of backwards(remote, until, Math.min(limit, pageSize))) {
    if (entries.length >= limit || (context.since !== undefined && Date.parse(entry.at) < context.since)) break
    if (isWorth(entry)) entries.push(entry)
  }
  return entries.reverse()
}

async function* backwards(
  remote: BackendSession,
  until: number | undefined,
  limit: number,
): AsyncGenerator<EntryShape> {
  for (let last = until; last !== 0; ) {
    const range =
      last === undefined ? { order: 'desc' as const, limit } : { order: 'desc' as const, limit, until: last }
    const { entries, cursor } = await remote.entries(range)
    yield* entries
    if (cursor === null) return
    last = cursor
  }
}

async function whole(shown: Shown, all: boolean): Promise<void> {
  const { context, session, remote } = shown
  const { output, me } = context
  if (output.json) {
    const limit = context.limit === undefined ? {} : { limit: context.limit }
    output.object(await remote.view('history', { ...untilOf(shown), ...limit }))
    return
  }
  const newest = await lastEntries(shown, 30, all ? () => true : plainFromNewest())
  const entries = all ? newest : withoutEchoes(newest)
  header(shown)
  for (const line of entryLines(context, entries)) output.line(line)
  const earlier = (newest[0]?.seq ?? 1) - 1
  if (earlier > 0) output.hint(`${count(earlier)} earlier: ${me} show ${session.tail} --limit ${session.seq}`)
  const passed = (shown.until ?? session.seq) - earlier - entries.length
  if (passed > 0)
    output.hint(`${count(passed)} more between them, of runs and processes: ${me} show ${session.tail} --all`)
}

async function around(shown: Shown, seq: number): Promise<void> {
  const { context, session, remote } = shown
  const { output } = context
  const { entries } = await remote.around(seq, Math.min(context.limit ?? 7, limits.pageItems))
  if (output.json) {
    for (const entry of entries) output.object(entry)
    return
  }
  header(shown)
  if (!entries.some((entry) => entry.seq === seq)) throw noEntry(session, seq, `${context.me} show ${session.tail}`)
  for (const [at, line] of entryLines(context, entries).entries()) {
    const entry = entries[at]
    const chosen = entry?.seq === seq
    output.line(chosen ? output.style('bold', line) : line)
    if (entry && chosen) for (const text of fullText(entry)) output.line(`      ${text}`)
  }
}

/** The whole text of a message where one line did not hold it, else the data. */
function fullText(entry: EntryShape): string[] {
  const data = entry.data
  const content = typeof data === 'object' && data !== null && 'content' in data ? data.content : undefined
  if (typeof content === 'string' && !content.includes('\n')) return []
  const text = typeof content === 'string' ? content : JSON.stringify(data, null, 2)
  return harmless(text).split('\n')
}

function header({ context, session }: Shown): void {
  const { output } = context
  const title = `${session.tail}  ${titleOf(session)}`
  output.line(output.style('bold', beside(title, `  ${factsOf(session)}`, 40)))
}

function entryLines(context: Context, entries: readonly EntryShape[]): readonly string[] {
  const today = new Date(context.host.now()).toDateString()
  const time = (at: string): string => {
    const moment = new Date(at)
    return moment.toDateString() === today ? timeOf(moment.getTime()) : clock(moment.getTime(), context.host.now())
  }
  return context.output.lines(
    entries.map((entry) => [String(entry.seq), speakerOf(entry), time(entry.at), lineOf(entry)]),
    {
      indent: 1,
      columns: [{ right: true }, {}, {}, { flexible: true }],
      styles: ['dim', 'cyan', 'dim', undefined],
    },
  )
}

async function raw(shown: Shown, seq: number | undefined): Promise<void> {
  const { context, remote, until, session } = shown
  if (seq !== undefined) {
    for (const entry of (await remote.around(seq, 1)).entries) context.output.object(entry)
    return
  }
  if (context.limit !== undefined || context.since !== undefined) {
    for (const entry of await lastEntries(shown, session.seq, () => true)) context.output.object(entry)
    return
  }
  for await (const entry of remote.stream(until === undefined ? {} : { until })) {
    if (context.host.signal.aborted) return
    await context.output.stream(`${JSON.stringify(entry)}\n`)
  }
}

const untilOf = ({ until }: Shown): { until?: number } => (until === undefined ? {} : { until })

/** The newest of what stands oldest first, up to `--limit`. */
function newestOf<T>({ limit }: Context, all: readonly T[]): readonly T[] {
  return limit === undefined ? all : all.slice(Math.max(0, all.length - limit))
}

const viewPrinters: Readonly<Record<(typeof views)[number], (shown: Shown) => Promise<void>>> = {
  async files(shown) {
    const { context, remote } = shown
    const { output } = context
    const view = await remote.view('files', untilOf(shown))
    const files = newestOf(context, view.files)
    if (output.json) return output.object({ ...view, files })
    header(shown)
    const pinned = new Set(view.pinned)
    const rows = files.map(({ path, operation, to, added, removed, seq }) => [
      String(seq),
      operation,
      oneLine(to === undefined ? path : `${path} → ${to}`),
      added === undefined && removed === undefined ? '' : `+${added ?? 0} −${removed ?? 0}`,
      pinned.has(path) ? 'pinned' : '',
    ])
    if (rows.length === 0) output.hint('no files')
    output.table(rows, { indent: 1, columns: [{ right: true }, {}, { flexible: true }], styles: ['dim'] })
  },
  async notes(shown) {
    const { context, remote } = shown
    const { output } = context
    const view = await remote.view('notes', untilOf(shown))
    const notes = newestOf(context, view.notes)
    if (output.json) return output.object({ ...view, notes })
    header(shown)
    const now = context.host.now()
    const rows = notes.map(({ seq, type, at, text }) => [String(seq), type, ago(Date.parse(at), now), oneLine(text)])
    if (rows.length === 0) output.hint(`no notes   ${context.me} note ${shown.session.tail} "…"`)
    output.table(rows, {
      indent: 1,
      columns: [{ right: true }, {}, { right: true }, { flexible: true }],
      styles: ['dim', 'cyan', 'dim'],
    })
  },
  async runs(shown) {
    const { context, remote } = shown
    const view = await remote.view('runs', untilOf(shown))
    const runs = newestOf(context, view.runs)
    if (context.output.json) return context.output.object({ ...view, runs })
    header(shown)
    printRuns(context.output, await withAnswers(remote, runs), context.host.now())
  },
  async processes(shown) {
    const { context, remote } = shown
    const view = await remote.view('processes', untilOf(shown))
    const processes = newestOf(context, view.processes)
    if (context.output.json) return context.output.object({ ...view, processes })
    header(shown)
    printProcesses(context.output, processes, context.host.now())
  },
  async cost(shown) {
    const cost = await costOf(await shown.context.backend(), shown.remote, untilOf(shown))
    if (shown.context.output.json) return shown.context.output.object(cost)
    header(shown)
    printCost(shown.context.output, cost, shown.session.tail)
  },
  async context(shown) {
    const { context, remote, agent, model } = shown
    const named = { ...(agent === undefined ? {} : { agent }), ...(model === undefined ? {} : { model }) }
    const next = await remote.context({ ...untilOf(shown), ...named, signal: context.host.signal })
    if (context.output.json) return context.output.object(next)
    header(shown)
    printContext(context.output, next)
  },
  async queue({ context, session, ...shown }) {
    const queue = await (await context.backend()).runs.queue(session.session_id)
    const runs = queue.runs.slice(0, context.limit)
    if (context.output.json) return context.output.object({ ...queue, runs })
    header({ context, session, ...shown })
    printQueue(context.output, runs, context.host.now())
  },
}
