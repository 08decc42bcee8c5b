// Figures over the runs of many sessions, by session, agent, skill, user or day: from heads and the view of runs alone.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { addTokens, addUsage, totalTokens } from '../schema/usage.ts'
import type { ScopedSessions } from '../session/contract.ts'
import type { RunView } from '../session/views/contract.ts'
import { type Spent, spendingKinds, spentIn } from '../session/views/spent.ts'

export type RunGrouping = 'session' | 'agent' | 'model' | 'skill' | 'user' | 'day'

export interface RunMetricsQuery {
  readonly group: RunGrouping
  /** Milliseconds since 1970; runs that were queued from then on … */
  readonly since: number
  /** … and before this. */
  readonly until: number
  readonly agent?: string
  readonly user?: string
}

export interface RunFigures {
  readonly runs: number
  readonly done: number
  readonly failed: number
  /** Done, of done and failed; null without any. */
  readonly successRate: number | null
  /** Of done and failed runs, in milliseconds; null without any. */
  readonly avgMs: number | null
  /** Of 100 finished runs, 95 took no longer. */
  readonly p95Ms: number | null
  readonly tokens: number
  /** Of the questions, what providers had in their caches, and what they put there. */
  readonly cached: number
  readonly written: number
  /** US dollars. */
  readonly cost: number
}

export interface RunMetrics {
  readonly total: RunFigures
  /** Most runs first, days in their order. A key of null: the run has no such thing. */
  readonly groups: readonly (RunFigures & { readonly key: string | null })[]
}

/** Sessions read at once. */
const pageSize = 200

/**
 * Walks the heads of all open and archived sessions, and reads the runs of those that changed since. It never stops early
 * at an old one: an import is new in the list, and what it holds is old. Other work gets a turn between two sessions.
 */
export async function runMetrics(sessions: ScopedSessions, query: RunMetricsQuery): Promise<RunMetrics> {
  const total = new Sum()
  const groups = new Map<string | null, Sum>()
  for await (const head of headsOf(sessions, query)) {
    const runs = (await runsOf(sessions, head)).filter((run) => counts(run, head, query))
    const spent = await spentOf(sessions, head, runs)
    for (const run of runs) {
      const own = spent.get(run.run) ?? []
      total.add(run, own)
      for (const [key, part] of partsOf(run, own, head, query.group)) {
        const sum = groups.get(key) ?? new Sum()
        groups.set(key, sum)
        sum.add(run, part)
      }
    }
    await nextTurn()
  }
  const rows = [...groups].map(([key, sum]) => ({ key, ...sum.figures() }))
  return { total: total.figures(), groups: rows.sort(query.group === 'day' ? byKey : byRuns) }
}

/** A session that is deleted meanwhile has none. */
async function runsOf(sessions: ScopedSessions, { session }: Head): Promise<readonly RunView[]> {
  try {
    return (await sessions.session(session).view('runs')).runs
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'gone' || error.code === 'not_found')) return []
    throw error
  }
}

async function* headsOf(sessions: ScopedSessions, { since, user }: RunMetricsQuery): AsyncGenerator<Head> {
  const where = user === undefined ? {} : { where: { user } }
  for (const place of ['open', 'archived'] as const) {
    let cursor: string | null = null
    do {
      const at: { cursor?: string } = cursor === null ? {} : { cursor }
      const page = await sessions.list({ place, ...where, ...at, limit: pageSize })
      for (const head of page.items) if (head.runs > 0 && head.updatedAt >= since) yield head
      cursor = page.cursor
      await nextTurn()
    } while (cursor !== null)
  }
}

/** The runs that a fork inherits are counted where they ran. */
function counts(run: RunView, { base }: Head, { since, until, agent }: RunMetricsQuery): boolean {
  if (run.seq <= (base?.seq ?? 0)) return false
  return run.queuedAt >= since && run.queuedAt < until && (agent === undefined || run.agent === agent)
}

/** What the entries of these runs report, by run. */
async function spentOf(
  sessions: ScopedSessions,
  head: Head,
  runs: readonly RunView[],
): Promise<ReadonlyMap<string, readonly Spent[]>> {
  const found = new Map<string, Spent[]>()
  const [first] = runs
  if (first === undefined || (head.tokens === 0 && head.cost === 0)) return found
  const entries = sessions.session(head.session).stream({ after: first.seq, kinds: spendingKinds })
  try {
    for await (const one of spentIn(entries)) {
      if (one.run !== undefined) found.set(one.run, [...(found.get(one.run) ?? []), one])
    }
  } catch (error) {
    if (!isDaybookError(error) || (error.code !== 'gone' && error.code !== 'not_found')) throw error
  }
  return found
}

/** Under which keys a run counts, and what of its spending under each: a run may ask several models. */
function partsOf(
  run: RunView,
  spent: readonly Spent[],
  head: Head,
  group: RunGrouping,
): readonly (readonly [string | null, readonly Spent[]])[] {
  if (group !== 'model') return [[keyOf(run, head, group), spent]]
  const models = new Set([
    ...(run.model === undefined ? [] : [run.model]),
    ...spent.flatMap(({ model }) => model ?? []),
  ])
  if (models.size === 0) return [[null, spent]]
  return [...models].map((model) => [model, spent.filter((one) => one.model === model)] as const)
}

function keyOf(run: RunView, head: Head, group: Exclude<RunGrouping, 'model'>): string | null {
  switch (group) {
    case 'session':
      return head.session
    case 'agent':
      return run.agent ?? null
    case 'skill':
      return run.skill ?? null
    case 'user':
      return head.user
    case 'day':
      return new Date(run.queuedAt).toISOString().slice(0, 10)
  }
}

type Row = RunMetrics['groups'][number]

function byKey(one: Row, other: Row): number {
  return (one.key ?? '') < (other.key ?? '') ? -1 : 1
}

function byRuns(one: Row, other: Row): number {
  return other.runs - one.runs || byKey(one, other)
}

class Sum {
  #runs = 0
  #done = 0
  #failed = 0
  #spent = { tokens: 0, cost: 0 }
  #cached = 0
  #written = 0
  readonly #times: number[] = []

  add({ status, durationMs, usage, cost }: RunView, spent: readonly Spent[]): void {
    this.#runs += 1
    for (const one of [{ tokens: totalTokens(usage), cost }, ...spent]) {
      this.#spent = addUsage(this.#spent, { total_tokens: one.tokens }, one.cost)
    }
    for (const { cached, written } of spent) {
      this.#cached = addTokens(this.#cached, cached)
      this.#written = addTokens(this.#written, written)
    }
    if (status !== 'done' && status !== 'failed') return
    if (status === 'done') this.#done += 1
    else this.#failed += 1
    if (durationMs !== null) this.#times.push(durationMs)
  }

  figures(): RunFigures {
    const finished = this.#done + this.#failed
    const times = this.#times.sort((one, other) => one - other)
    return {
      runs: this.#runs,
      done: this.#done,
      failed: this.#failed,
      successRate: finished === 0 ? null : this.#done / finished,
      avgMs: times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length,
      p95Ms: times[Math.ceil(times.length * 0.95) - 1] ?? null,
      ...this.#spent,
      cached: this.#cached,
      written: this.#written,
    }
  }
}
