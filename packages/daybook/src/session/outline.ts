// The outline of a session: where turns begin, what failed, what was edited, what is summed up. Its cost does not grow with the log.

import type { StoredEntry } from '../schema/entries.ts'
import type { Seq } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { Part } from '../schema/parts.ts'
import type { Session } from './contract.ts'
import { dataOf } from './decode.ts'
import { firstLine } from './lines.ts'
import { activeSpans, below } from './views/active.ts'

export const outlineTypes = ['turn', 'failure', 'edit', 'summary', 'handoff'] as const
export type OutlineType = (typeof outlineTypes)[number]

export interface OutlineItem {
  readonly type: OutlineType
  readonly seq: Seq
  readonly at: number
  readonly by: string
  /** One line. */
  readonly text: string
  readonly run?: string
  /** Of an edit. */
  readonly files?: readonly Pick<Edit, 'path' | 'operation' | 'to' | 'added' | 'removed'>[]
  /** Of a summary. */
  readonly covers?: Seq
}

type Edit = Extract<Part, { type: 'edit' }>

export interface OutlineOptions {
  /** As the session was at this seq. */
  readonly until?: Seq
  /** Only entries below this seq. */
  readonly before?: Seq
  /** An entry with several items may exceed it. */
  readonly limit: number
  readonly types?: readonly OutlineType[]
}

export interface OutlinePage {
  /** Newest first. */
  readonly items: readonly OutlineItem[]
  /** `before` of the next page; null at the beginning. A page may be empty before it. */
  readonly cursor: Seq | null
}

/** Entries that are looked through in one read, and in one call. */
const chunk = 1000
const mostRead = 8 * chunk

const kinds = ['message', 'run.finished', 'step.finished', 'summary', 'handoff'] as const satisfies readonly Kind[]

/** Bodies without one of these hold nothing of an outline: most messages are passed over without parsing. */
const telling = /"role":"user"|"type":"edit"|"error":true/

/** Of the active history; what a rewind left is passed over. Fails as reading does. */
export async function outlineOf(session: Session, seq: Seq, options: OutlineOptions): Promise<OutlinePage> {
  const { until = seq, before, limit, types } = options
  const wanted = new Set<OutlineType>(types ?? outlineTypes)
  const spans = below(await activeSpans((range) => session.stored(range), until), before)
  const items: OutlineItem[] = []
  let left = mostRead
  for (const span of spans.reverse()) {
    for (let top = span.until; top > span.after; ) {
      if (items.length >= limit || left <= 0) return { items, cursor: top + 1 }
      const after = Math.max(span.after, top - Math.min(chunk, left))
      const entries = await session.stored({ after, until: top, order: 'desc', limit: chunk, kinds })
      for (const entry of entries) {
        if (items.length >= limit) return { items, cursor: entry.seq + 1 }
        for (const item of itemsOf(entry)) if (wanted.has(item.type)) items.push(item)
      }
      left -= top - after
      top = after
    }
  }
  return { items, cursor: null }
}

function itemsOf(entry: StoredEntry): readonly OutlineItem[] {
  const { seq, at, actor: by, run } = entry
  const place = { seq, at, by, ...(run === undefined ? undefined : { run }) }
  if (entry.body === null) return []
  switch (entry.kind) {
    case 'message':
      return telling.test(entry.body) ? ofMessage(entry, place) : []
    case 'run.finished': {
      const data = dataOf(entry, 'run.finished')
      if (data?.status !== 'failed') return []
      return [{ ...place, type: 'failure', text: firstLine(data.error?.message ?? '') ?? data.reason ?? 'failed' }]
    }
    case 'step.finished':
      if (dataOf(entry, 'step.finished')?.unknown !== true) return []
      return [{ ...place, type: 'failure', text: 'unknown outcome' }]
    case 'summary': {
      const data = dataOf(entry, 'summary')
      return data ? [{ ...place, type: 'summary', text: firstLine(data.text) ?? '', covers: data.covers_seq }] : []
    }
    case 'handoff': {
      const data = dataOf(entry, 'handoff')
      return data ? [{ ...place, type: 'handoff', text: `${data.from} → ${data.to}` }] : []
    }
    default:
      return []
  }
}

function ofMessage(entry: StoredEntry, place: Pick<OutlineItem, 'seq' | 'at' | 'by' | 'run'>): readonly OutlineItem[] {
  const data = dataOf(entry, 'message')
  if (!data) return []
  const parts = data.parts ?? []
  const edits = parts.filter((part) => part.type === 'edit')
  const failed = parts.filter((part) => part.type === 'result' && part.error === true)
  const items: OutlineItem[] = []
  if (data.role === 'user') items.push({ ...place, type: 'turn', text: firstLine(data.content) ?? '' })
  for (const part of failed) {
    items.push({
      ...place,
      type: 'failure',
      text: firstLine(outputText('output' in part ? part.output : '')) ?? 'failed',
    })
  }
  if (edits.length > 0) {
    const files = edits.map(({ path, operation, to, added, removed }) => ({
      path,
      operation,
      ...(to === undefined ? undefined : { to }),
      ...(added === undefined ? undefined : { added }),
      ...(removed === undefined ? undefined : { removed }),
    }))
    items.push({
      ...place,
      type: 'edit',
      text: files
        .map(({ path }) => path)
        .join(', ')
        .slice(0, 200),
      files,
    })
  }
  return items
}

function outputText(output: unknown): string {
  return typeof output === 'string' ? output : (JSON.stringify(output) ?? '')
}
