// Folds entries to the rows of a timeline: each new entry touches the row it belongs to and no other.

import type { EntryShape } from 'daybook/client'
import { groupOf, mostGrouped } from './groups.ts'
import type { Item, OutputItem, Row } from './items.ts'
import { mostOutput } from './items.ts'
import { splitMessage } from './messages.ts'
import { endOf, type Fields, fieldsOf, placed, placeOf, textOf } from './places.ts'
import { RunLines, shownRows } from './run-lines.ts'
import { belongs, type Look } from './shown.ts'

/** Of entries in their order, without a gap. Rows and items are never changed: what changes is another object. */
export class Timeline {
  readonly #rows: Row[] = []
  readonly #rowOf = new Map<string, number>()
  readonly #items = new Map<string, Item>()
  /** Item by what is told of it later: `call:<id>`, `approval:<id>`, … */
  readonly #later = new Map<string, string>()
  /** Items of a fold before this one, which stay where they say the same. */
  #known: ReadonlyMap<string, Item>
  readonly #runs = new RunLines()
  #shown: readonly Row[]
  #look: Look
  #last = 0

  constructor(before?: Timeline) {
    this.#known = before === undefined ? new Map() : before.#items
    this.#shown = before === undefined ? [] : before.#shown
    this.#look = before === undefined ? { named: null, part: null } : before.#look
  }

  /** Replaced with each change, so that it may be compared by identity. */
  get rows(): readonly Row[] {
    return this.#shown
  }

  /** The newest entry folded in; 0 before the first. */
  get last(): number {
    return this.#last
  }

  add(entries: readonly EntryShape[]): void {
    for (const entry of entries) {
      this.#last = entry.seq
      this.#fold(entry)
    }
    this.#show()
    this.#known = new Map()
  }

  look(change: Partial<Look>): void {
    this.#look = { ...this.#look, ...change }
    this.#show()
  }

  #show(): void {
    const { named, part } = this.#look
    // Whoever looks at runs alone wants every line of them.
    const folded = (item: Item): boolean =>
      item.seq !== named && (!belongs(item, part) || (part !== 'runs' && this.#runs.folds(item)))
    this.#shown = shownRows(this.#rows, this.#last, folded, new Map(this.#shown.map((row) => [row.key, row])))
  }

  #fold(entry: EntryShape): void {
    const data = fieldsOf(entry)
    const kind = entry.erased ? 'erased' : entry.kind
    switch (kind) {
      case 'erased':
        this.#push({ ...placed(entry), type: 'erased', kind: entry.kind })
        break
      case 'message':
        this.#message(entry)
        break
      case 'process.output':
        this.#output(entry, data)
        break
      case 'note':
        this.#push({ ...placed(entry), type: 'note', kind: textOf(data.type), text: textOf(data.text) })
        break
      case 'summary':
        this.#push({
          ...placed(entry),
          type: 'summary',
          text: textOf(data.text),
          covers: Number(data.covers_seq),
        })
        break
      default:
        if (!this.#wait(entry, data) && !this.#step(entry, data)) this.#push(placeOf(entry))
    }
  }

  #message(entry: EntryShape): void {
    const { items, results } = splitMessage(entry)
    for (const item of items) {
      this.#push(item)
      if (item.type === 'tool') this.#later.set(`call:${item.id}`, item.key)
    }
    for (const [number, part] of results.entries()) {
      const of = { output: part.output, state: part.error === true ? ('failed' as const) : ('done' as const) }
      const ended = { seq: entry.seq, at: entry.at }
      const found = this.#change(`call:${part.call_id}`, entry, (item) =>
        item.type === 'tool' ? { ...item, ...of, ended } : item,
      )
      if (found) continue
      // Its call stands before what is read here.
      const place = placed(entry, items.length + number)
      this.#push({ ...place, type: 'tool', id: part.call_id ?? place.key, name: '', input: undefined, ...of, ended })
    }
  }

  /** Approvals and questions: what is decided stands where it was asked. */
  #wait(entry: EntryShape, data: Fields): boolean {
    const key = `approval:${textOf(data.approval_id)}`
    const asked = `question:${textOf(data.question_id)}`
    const until = typeof data.until === 'string' ? data.until : undefined
    switch (entry.kind) {
      case 'approval.requested':
        this.#later.set(key, placed(entry).key)
        this.#push({
          ...placed(entry),
          type: 'approval',
          id: textOf(data.approval_id),
          summary: textOf(data.summary),
          digest: textOf(data.digest),
          input: data.input,
          deciders: Array.isArray(data.deciders) ? (data.deciders as string[]) : [],
          until,
          state: 'open',
        })
        return true
      case 'approval.decided': {
        const state = data.decision === 'approved' ? 'approved' : 'denied'
        const comment = typeof data.comment === 'string' ? data.comment : undefined
        const decided = { by: textOf(data.by), at: entry.at, comment }
        return this.#change(key, entry, (item) => (item.type === 'approval' ? { ...item, state, decided } : item))
      }
      case 'approval.expired':
        return this.#change(key, entry, (item) => (item.type === 'approval' ? { ...item, state: 'expired' } : item))
      case 'question.asked':
        this.#later.set(asked, placed(entry).key)
        this.#push({
          ...placed(entry),
          type: 'question',
          id: textOf(data.question_id),
          summary: textOf(data.summary),
          until,
          state: 'open',
          answer: undefined,
        })
        return true
      case 'question.answered':
        return this.#change(asked, entry, (item) =>
          item.type === 'question' ? { ...item, state: 'answered', answer: data.answer } : item,
        )
      default:
        return false
    }
  }

  /** Steps look like calls; one whose outcome nobody knows asks for a person as well. */
  #step(entry: EntryShape, data: Fields): boolean {
    const step = textOf(data.step)
    switch (entry.kind) {
      case 'step.started': {
        const { name, input } = data
        if (this.#change(`step:${step}`, entry, (item) => item)) return true
        const call = (input as { call_id?: string } | null | undefined)?.call_id
        const known = call === undefined ? undefined : this.#later.get(`call:${call}`)
        // A step that does what was called is shown as that call, and one that asks a model as what is said.
        if (known !== undefined) {
          this.#later.set(`step:${step}`, known)
          return this.#change(`step:${step}`, entry, (item) => ({ ...item, began: entry.at }))
        }
        if (/^(?:model|budget)$|^prompt/.test(String(name))) return true
        this.#later.set(`step:${step}`, placed(entry).key)
        this.#push({
          ...placed(entry),
          type: 'tool',
          id: step,
          name: textOf(name),
          input,
          output: undefined,
          state: 'open',
        })
        return true
      }
      case 'step.finished': {
        const state = data.unknown === true ? 'unknown' : data.error === undefined ? 'done' : 'failed'
        let name = ''
        const found = this.#change(`step:${step}`, entry, (item) => {
          if (item.type !== 'tool') return item
          name = item.name
          return endOf(item, state, entry, data)
        })
        if (state === 'unknown') this.#unknown(entry, step, name)
        return found || state === 'unknown' || state === 'done'
      }
      case 'step.resolved':
        return this.#change(`outcome:${step}`, entry, (item) =>
          item.type === 'outcome'
            ? {
                ...item,
                state: data.resolution as 'retry' | 'done' | 'fail',
                reason: textOf(data.reason),
                resolvedBy: textOf(data.by),
              }
            : item,
        )
      default:
        return false
    }
  }

  #unknown(entry: EntryShape, step: string, name: string): void {
    this.#later.set(`outcome:${step}`, placed(entry).key)
    this.#push({
      ...placed(entry),
      type: 'outcome',
      step,
      name,
      state: 'open',
      reason: undefined,
      resolvedBy: undefined,
    })
  }

  /** Output of one process that follows itself is one item, of which the newest is shown. */
  #output(entry: EntryShape, data: Fields): void {
    const from = Number(data.offset)
    const to = from + Number(data.bytes)
    const text = textOf(data.text)
    const before = this.#rows.at(-1)?.items.at(-1)
    if (before?.type === 'output' && before.process === data.process_id && before.stream === data.stream) {
      const whole = before.text + text
      const cut = Math.max(0, whole.length - mostOutput)
      const grown: OutputItem = {
        ...before,
        stamp: `${before.stamp.split('-')[0]}-${entry.seq}`,
        text: whole.slice(cut),
        to,
        cut: before.cut + cut,
        lastSeq: entry.seq,
      }
      this.#replace(before.key, grown, entry.seq)
      return
    }
    const stream = data.stream === 'err' ? 'err' : 'out'
    const process = textOf(data.process_id)
    this.#push({
      ...placed(entry),
      type: 'output',
      process,
      stream,
      text: text.slice(-mostOutput),
      from,
      to,
      cut: Math.max(0, text.length - mostOutput),
      lastSeq: entry.seq,
    })
  }

  #push(made: Item): void {
    const item = this.#same(made)
    this.#items.set(item.key, item)
    this.#runs.see(item)
    const group = groupOf(item)
    const last = this.#rows.at(-1)
    if (group !== null && last?.group === group && last.items.length < mostGrouped) {
      this.#rows[this.#rows.length - 1] = { ...last, to: item.seq, items: [...last.items, item] }
    } else this.#rows.push({ key: item.key, from: item.seq, to: item.seq, group, items: [item] })
    this.#rowOf.set(item.key, this.#rows.length - 1)
  }

  /** False where what is changed stands before what is read here. */
  #change(name: string, entry: EntryShape, change: (item: Item) => Item): boolean {
    const key = this.#later.get(name)
    const item = key === undefined ? undefined : this.#items.get(key)
    if (!item) return false
    const changed = change(item)
    if (changed !== item) this.#replace(item.key, { ...changed, stamp: `${item.stamp}:${entry.seq}` }, null)
    return true
  }

  #replace(key: string, changed: Item, to: number | null): void {
    const item = this.#same(changed)
    const at = this.#rowOf.get(key) ?? -1
    const row = this.#rows[at]
    this.#items.set(key, item)
    if (!row) return
    const items = row.items.map((each) => (each.key === key ? item : each))
    this.#rows[at] = { ...row, to: to ?? row.to, items }
  }

  #same(item: Item): Item {
    const known = this.#known.get(item.key)
    return known && known.stamp === item.stamp ? known : item
  }
}
