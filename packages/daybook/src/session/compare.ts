// Two sessions side by side: the last entry that both have, and what each of them did behind it.

import type { StoredEntry } from '../schema/entries.ts'
import type { Head } from '../schema/heads.ts'
import type { Hash, Seq } from '../schema/ids.ts'
import type { Message, Part } from '../schema/parts.ts'
import { addUsage } from '../schema/usage.ts'
import type { Session } from './contract.ts'
import { dataOf } from './decode.ts'
import { commandOf, hasFailed, isTestCommand } from './test-runs.ts'
import { activeSpans } from './views/active.ts'

export interface ComparedFile {
  readonly path: string
  /** The last one. */
  readonly operation: Edit['operation']
  /** Before the first edit and after the last one. */
  readonly before?: Hash
  readonly after?: Hash
  readonly added: number
  readonly removed: number
  /** Of the last edit. */
  readonly seq: Seq
}

type Edit = Extract<Part, { type: 'edit' }>

export interface TestRun {
  readonly command: string
  readonly passed: boolean
  readonly seq: Seq
}

/** What one session did behind the common entry, as far as it is active; tokens and cost stay whatever was rewound. */
export interface Side {
  readonly turns: number
  readonly messages: number
  readonly runs: number
  readonly failed: number
  readonly tokens: number
  readonly cost: number
  readonly files: readonly ComparedFile[]
  /** Commands that look like runs of tests, oldest first. */
  readonly tests: readonly TestRun[]
}

const kinds = ['message', 'run.finished'] as const

/**
 * The last seq up to which both logs are the same; 0 for none. Logs are chains of hashes, so of two that agree in one entry all
 * before it is the same: a few dozen reads find it, also where the base of both was deleted.
 */
export async function commonSeq(one: Session, other: Session, last: Seq): Promise<Seq> {
  let low = 0
  let high = last
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const [a, b] = await Promise.all([hashAt(one, middle), hashAt(other, middle)])
    if (a !== null && a === b) low = middle
    else high = middle - 1
  }
  return low
}

async function hashAt(session: Session, seq: Seq): Promise<Hash | null> {
  const [entry] = await session.stored({ after: seq - 1, until: seq, limit: 1 })
  return entry?.hash ?? null
}

/** Reads what stands behind `after` once. */
export async function sideOf(session: Session, head: Head, after: Seq): Promise<Side> {
  const spans = await activeSpans((range) => session.stored(range), head.seq)
  const isActive = (seq: Seq): boolean => spans.some((span) => seq > span.after && seq <= span.until)
  const side = new Sum()
  for await (const entry of session.stream({ after, until: head.seq, kinds })) side.add(entry, isActive(entry.seq))
  return side.told()
}

class Sum {
  #turns = 0
  #messages = 0
  #runs = 0
  #failed = 0
  #used = { tokens: 0, cost: 0 }
  readonly #files = new Map<string, ComparedFile>()
  readonly #calls = new Map<string, string>()
  readonly #tests: TestRun[] = []

  add(entry: StoredEntry, active: boolean): void {
    if (entry.kind === 'run.finished') {
      const data = dataOf(entry, 'run.finished')
      if (!data) return
      this.#used = addUsage(this.#used, data.usage, data.cost)
      if (active) this.#runs += 1
      if (active && data.status === 'failed') this.#failed += 1
      return
    }
    const data = dataOf(entry, 'message')
    if (!data) return
    this.#used = addUsage(this.#used, data.usage, data.cost)
    if (active) this.#message(data, entry.seq)
  }

  #message({ role, parts = [] }: Message, seq: Seq): void {
    this.#messages += 1
    if (role === 'user') this.#turns += 1
    for (const part of parts) {
      if (part.type === 'edit') this.#edit(part, seq)
      else if (part.type === 'call') {
        const command = commandOf(part.input)
        if (command !== null && isTestCommand(command)) this.#calls.set(part.call_id, command)
      } else if (part.type === 'result') {
        const command = this.#calls.get(part.call_id)
        if (command === undefined) continue
        this.#calls.delete(part.call_id)
        this.#tests.push({ command, passed: !hasFailed(part), seq })
      }
    }
  }

  #edit({ path, operation, before, after, added = 0, removed = 0 }: Edit, seq: Seq): void {
    const known = this.#files.get(path)
    const first = known ? known.before : before
    this.#files.set(path, {
      path,
      operation,
      ...(first === undefined ? undefined : { before: first }),
      ...(after === undefined ? undefined : { after }),
      added: (known?.added ?? 0) + added,
      removed: (known?.removed ?? 0) + removed,
      seq,
    })
  }

  told(): Side {
    return {
      turns: this.#turns,
      messages: this.#messages,
      runs: this.#runs,
      failed: this.#failed,
      ...this.#used,
      files: [...this.#files.values()],
      tests: this.#tests,
    }
  }
}
