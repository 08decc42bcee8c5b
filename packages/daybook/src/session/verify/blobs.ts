// The stored blobs: their bytes read once, in pieces, and hashed again.

import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Hash, Tenant } from '../../schema/ids.ts'
import type { Blobs } from '../../store/blobs.ts'
import type { Store } from '../../store/store.ts'
import { eachAtOnce } from './at-once.ts'
import type { VerifyFinding } from './contract.ts'

const pieceBytes = 1024 * 1024
/** Hashes whose presence is remembered, so that an image in every message is looked up once. */
const remembered = 10_000

export class BlobCheck {
  readonly #store: Store
  /** What is wrong, by tenant and hash. */
  readonly #bad = new Map<string, string>()
  readonly #named = new Set<string>()
  #present = new Set<string>()
  checked = 0

  constructor(store: Store) {
    this.#store = store
  }

  /** Reads every blob of every tenant, several at once. */
  async readAll(atOnce: number, signal: AbortSignal | undefined): Promise<void> {
    const bad: { readonly at: number; readonly key: string; readonly why: string }[] = []
    await eachAtOnce(this.#all(), atOnce, async ({ tenant, hash, size }, at) => {
      signal?.throwIfAborted()
      const blobs = this.#store.within({ tenant, subjects: 'all' }).blobs
      const why = await wrong(blobs, hash, size)
      if (why) bad.push({ at, key: keyOf(tenant, hash), why })
      this.checked += 1
      await setImmediate()
    })
    for (const { key, why } of bad.sort((one, other) => one.at - other.at)) this.#bad.set(key, why)
  }

  async *#all(): AsyncGenerator<{ readonly tenant: Tenant; readonly hash: Hash; readonly size: number }> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.#store.admin.blobHashes(cursor ?? null)
      yield* page.items
      cursor = page.cursor
    }
  }

  /** What is wrong with a blob that an entry names; null when nothing is. */
  async named(tenant: Tenant, blobs: Blobs, hash: Hash): Promise<string | null> {
    const key = keyOf(tenant, hash)
    const bad = this.#bad.get(key)
    if (bad) this.#named.add(key)
    if (bad || this.#present.has(key)) return bad ?? null
    if ((await blobs.size(hash)) === null) return 'is not there'
    if (this.#present.size >= remembered) this.#present = new Set()
    this.#present.add(key)
    return null
  }

  /** Damaged blobs that no living entry names. */
  unnamed(): readonly VerifyFinding[] {
    const rest = [...this.#bad].filter(([key]) => !this.#named.has(key))
    return rest.map(([key, why]) => {
      const [tenant, hash] = JSON.parse(key) as [Tenant, Hash]
      const detail = `blob ${hash} ${why}; no entry names it`
      return { what: 'blob', severity: 'damaged', repairable: false, tenant, session: null, seq: null, detail }
    })
  }
}

function keyOf(tenant: Tenant, hash: Hash): string {
  return JSON.stringify([tenant, hash])
}

async function wrong(blobs: Blobs, hash: Hash, size: number): Promise<string | null> {
  const sum = createHash('sha256')
  try {
    for (let start = 0; start < size; start += pieceBytes) {
      const piece = await blobs.get(hash, { start, end: start + pieceBytes })
      // Swept while it was being read.
      if (!piece) return null
      sum.update(piece)
    }
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  return sum.digest('base64url') === hash ? null : 'has other bytes than its hash says'
}
