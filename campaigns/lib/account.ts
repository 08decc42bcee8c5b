// Compares what the ledger knows with what the store has: everything acknowledged once, everything refused never.

import type { StoredEntry } from '../../packages/daybook/src/schema/entries.ts'
import type { Store } from '../../packages/daybook/src/store/store.ts'
import { type Found, tenant } from './check.ts'
import type { Ledger, Line } from './ledger.ts'
import { blobBytes, blobName, markedEntries, markersIn, unmarked } from './ops.ts'

interface At {
  readonly session: string
  readonly entry: StoredEntry
}

/** Problems; none when every write is there as often as it must be. */
export async function account(store: Store, ledger: Ledger, found: Found): Promise<readonly string[]> {
  const accounting = new Accounting(ledger, found)
  accounting.all()
  await accounting.payloads(store)
  return [...ledger.problems, ...accounting.problems]
}

class Accounting {
  readonly problems: string[] = []
  readonly #ledger: Ledger
  readonly #found: Found
  readonly #marked = new Map<string, At[]>()
  /** Entries that an acknowledged or unanswered erasure names. */
  readonly #erased = new Map<string, 'surely' | 'maybe'>()
  readonly #counts = new Map<string, number>()

  constructor(ledger: Ledger, found: Found) {
    this.#ledger = ledger
    this.#found = found
    for (const { op, status } of ledger.lines) {
      if (op.act.type !== 'erase' || status === 'refused') continue
      this.#erased.set(`${op.session}@${op.act.seq}`, status === 'acked' ? 'surely' : 'maybe')
    }
    for (const [session, entries] of found.own) for (const entry of entries) this.#index(session, entry)
  }

  #index(session: string, entry: StoredEntry): void {
    const count = `${session} ${entry.kind}`
    this.#counts.set(count, (this.#counts.get(count) ?? 0) + 1)
    const erasure = this.#erased.get(`${session}@${entry.seq}`)
    if (entry.body === null) {
      if (!erasure) this.problems.push(`${session}@${entry.seq} is empty, and nobody erased it`)
      return
    }
    if (erasure === 'surely') this.problems.push(`${session}@${entry.seq} was erased and has its data`)
    for (const marker of markersIn(entry.body)) {
      const line = this.#ledger.find(marker)
      if (!line) this.problems.push(`${session}@${entry.seq} has ${marker}, which nobody wrote`)
      this.#marked.set(marker, [...(this.#marked.get(marker) ?? []), { session, entry }])
    }
  }

  all(): void {
    const bounds = new Map<string, { least: number; most: number }>()
    for (const line of this.#ledger.lines) {
      const kind = unmarked[line.op.act.type]
      if (line.op.act.type === 'delete') this.#deletion(line)
      else if (kind === undefined) this.#line(line)
      else countUp(bounds, `${line.op.session} ${kind}`, line)
    }
    for (const [name, { least, most }] of bounds) {
      const [session = '', kind = ''] = name.split(' ')
      // A restore writes one kind or another, which depends on where the session was.
      if (kind === 'session.restored' || this.#isDeleted(session)) continue
      const count = this.#counts.get(name) ?? 0
      if (count < least || count > most) {
        this.problems.push(`${session} has ${count} ${kind}, and ${least} to ${most} were written`)
      }
    }
  }

  #isDeleted(session: string): boolean {
    return this.#found.heads.get(session)?.place === 'deleted'
  }

  #deletion({ op, status }: Line): void {
    const deleted = this.#isDeleted(op.session)
    if (status === 'acked' && !deleted) this.problems.push(`${op.session} was deleted and is there`)
    if (status === 'refused' && deleted) this.problems.push(`${op.session} is deleted, which was refused`)
  }

  /** All entries of a write stand together, where its answer said, and as often as they were written. */
  #line({ op, status, ack }: Line): void {
    const { marker, act } = op
    const at = this.#marked.get(marker) ?? []
    const expected = markedEntries(act)
    const where = at.map(({ session, entry }) => `${session}@${entry.seq}`).join(' ')
    if (status === 'refused') {
      if (at.length > 0) this.problems.push(`${marker} (${act.type}) was refused and stands at ${where}`)
      return
    }
    const session = ack?.session ?? op.session
    if (this.#isDeleted(session) || this.#wasErased(session, ack?.last, status)) return
    if (at.length === 0 && status === 'acked')
      this.problems.push(`${marker} (${act.type}) was acknowledged and is not there`)
    if (at.length === 0) return
    if (at.length !== expected) this.problems.push(`${marker} (${act.type}) stands ${at.length} times: ${where}`)
    const seqs = at.map(({ entry }) => entry.seq)
    const [low, high] = [Math.min(...seqs), Math.max(...seqs)]
    if (new Set(at.map((one) => one.session)).size > 1 || high - low > expected) {
      this.problems.push(`${marker} (${act.type}) is not together: ${where}`)
    }
    if (!ack) return
    const outside = (ack.first !== undefined && low < ack.first) || (ack.last !== undefined && high > ack.last)
    if (at[0]?.session !== ack.session || outside) {
      this.problems.push(`${marker} (${act.type}) was told as ${JSON.stringify(ack)} and stands at ${where}`)
    }
  }

  #wasErased(session: string, seq: number | undefined, status: Line['status']): boolean {
    return status === 'acked' && this.#erased.has(`${session}@${seq}`) && this.#isEmpty(session, seq)
  }

  #isEmpty(session: string, seq: number | undefined): boolean {
    return this.#found.own.get(session)?.some((entry) => entry.seq === seq && entry.body === null) ?? false
  }

  /** Blobs and refs came with their write or not at all. */
  async payloads(store: Store): Promise<void> {
    const scope = store.within({ tenant, subjects: 'all' })
    for (const { op, status, ack } of this.#ledger.lines) {
      const { act, marker } = op
      if (act.type !== 'message' || this.#isDeleted(op.session)) continue
      const there = (this.#marked.get(marker)?.length ?? 0) > 0
      if (act.ref) {
        const located = await scope.locate({ type: 'foreign.campaign', value: marker })
        const bound = located === op.session
        if (bound !== (status === 'acked' || there)) {
          this.problems.push(`${marker}: its ref leads to ${located}`)
        }
      }
      if (act.blob === undefined || !(status === 'acked' || there)) continue
      const name = blobName(blobBytes(marker, act.blob))
      if ((ack?.blob ?? name) !== name || (await scope.blobs.size(name)) !== act.blob) {
        this.problems.push(`${marker}: its blob is not there`)
      }
    }
  }
}

function countUp(bounds: Map<string, { least: number; most: number }>, name: string, { status }: Line): void {
  const bound = bounds.get(name) ?? { least: 0, most: 0 }
  if (status === 'acked') bound.least += 1
  if (status !== 'refused') bound.most += 1
  bounds.set(name, bound)
}
