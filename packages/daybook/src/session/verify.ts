// Proves that a store's logs, chains, heads, forks and blobs agree, and repairs what can be folded or counted again.

import type { SessionId, Tenant } from '../schema/ids.ts'
import type { Finding, Row } from '../store/admin.ts'
import type { ScopedStore, Store } from '../store/store.ts'
import { BlobCheck } from './verify/blobs.ts'
import { withUsageOf } from './verify/compare.ts'
import type { RepairReport, VerifyFinding, VerifyOptions, VerifyReport } from './verify/contract.ts'
import { type SessionResult, verifySession } from './verify/session.ts'
import { rowsOf, Tree } from './verify/tree.ts'

/**
 * Reads everything of all tenants once, page by page, while others may go on writing; needs memory for the forks only.
 * Damage is told in the report; it fails only when the store does (`unreachable`, `too_new`) or the signal ends it.
 */
export async function verifyStore(store: Store, options: VerifyOptions = {}): Promise<VerifyReport> {
  return new Verification(store, options).run()
}

/**
 * Makes heads, cells, counters and lists agree with the logs again and drops cached folds that do not; then verifies once
 * more. `report` spares the first verification. Nothing is ever deleted from a log: a broken chain or missing data is
 * left as it is and told. Run it while nobody else writes: an engine that is open goes on from the fold that it knows.
 */
export async function repairStore(
  store: Store,
  report?: VerifyReport,
  options: VerifyOptions = {},
): Promise<RepairReport> {
  const before = report ?? (await verifyStore(store, options))
  const todo = before.findings.filter((finding) => finding.repairable)
  // First the rows that the others are found by.
  if (todo.some((finding) => finding.session === null)) await store.admin.mend()
  const sessions = new Map(todo.flatMap((finding) => target(finding)))
  const tree = await Tree.of(store)
  for await (const row of rowsOf(store)) {
    options.signal?.throwIfAborted()
    const named = sessions.has(keyOf(row.tenant, row.session))
    if (named && row.head?.place !== 'deleted') await refold(store, row, tree, todo)
  }
  if (todo.length > 0) await store.admin.mend()
  const after = todo.length > 0 ? await verifyStore(store, options) : before
  const left = new Set(after.findings.map(nameOf))
  return { repaired: todo.filter((finding) => !left.has(nameOf(finding))), after }
}

function target({ tenant, session }: VerifyFinding): [string, true][] {
  return tenant === null || session === null ? [] : [[keyOf(tenant, session), true]]
}

function nameOf({ what, tenant, session, seq, detail }: VerifyFinding): string {
  return JSON.stringify([what, tenant, session, seq, seq === null ? detail : null])
}

function keyOf(tenant: Tenant, session: SessionId): string {
  return JSON.stringify([tenant, session])
}

/** Head and cell as the log says; only where the log itself is whole. */
async function refold(store: Store, row: Row, tree: Tree, todo: readonly VerifyFinding[]): Promise<void> {
  const whole = store.within({ tenant: row.tenant, subjects: 'all' })
  const own = todo.filter(({ tenant, session }) => tenant === row.tenant && session === row.session)
  if (own.some(({ what }) => what === 'snapshot')) await whole.snapshots.drop(row.session)
  if (own.every(({ what }) => what === 'snapshot')) return
  const result = await verifySession(checkOf(whole, row, tree, { blob: async () => null, onPage: () => {} }))
  if (result) tree.keep(row.tenant, row.session, result.points, result.end === null)
  if (!result?.end) return
  const { head, cell } = result.usageAtLeast ? withUsageOf(result.end, row.head) : result.end
  await whole.refold(row.session, { seq: head.seq, hash: head.hash }, head, cell)
}

function checkOf(
  store: ScopedStore,
  row: Row,
  tree: Tree,
  hooks: Pick<Parameters<typeof verifySession>[0], 'blob' | 'onPage'>,
) {
  const base = tree.baseOf(row)
  const point = base && tree.take(row.tenant, base)
  const baseDamaged = base !== null && tree.damaged(row.tenant, base.session)
  return { store, row, base, point, baseDamaged, forkedAt: tree.forkedAt(row.tenant, row.session), ...hooks }
}

class Verification {
  readonly #store: Store
  readonly #options: VerifyOptions
  readonly #findings = new Map<string, VerifyFinding>()
  readonly #blobs: BlobCheck
  #sessions = 0
  #entries = 0

  constructor(store: Store, options: VerifyOptions) {
    this.#store = store
    this.#options = options
    this.#blobs = new BlobCheck(store)
  }

  async run(): Promise<VerifyReport> {
    await this.#blobs.readAll(this.#options.signal)
    const tree = await Tree.of(this.#store)
    for await (const row of rowsOf(this.#store)) {
      if (row.head?.place === 'deleted') continue
      const result = await this.#session(row, tree)
      if (!result) continue
      tree.keep(row.tenant, row.session, result.points, result.end === null)
      for (const found of result.found) this.#add({ severity: 'damaged', ...found, tenant: row.tenant })
      this.#sessions += 1
      this.#progress(0)
    }
    for (const finding of this.#blobs.unnamed()) this.#add(finding)
    for (const finding of await this.#store.admin.check()) this.#add(ofStore(finding))
    const findings = [...this.#findings.values()]
    return {
      sessions: this.#sessions,
      entries: this.#entries,
      blobs: this.#blobs.checked,
      healthy: findings.every(({ severity }) => severity !== 'damaged'),
      findings,
    }
  }

  async #session(row: Row, tree: Tree): Promise<SessionResult | null> {
    const store = this.#store.within({ tenant: row.tenant, subjects: 'all' })
    const hooks = {
      blob: (hash: string) => this.#blobs.named(row.tenant, store.blobs, hash),
      onPage: (entries: number) => this.#progress(entries),
    }
    return verifySession(checkOf(store, row, tree, hooks))
  }

  #progress(entries: number): void {
    this.#entries += entries
    this.#options.signal?.throwIfAborted()
    this.#options.onProgress?.({ sessions: this.#sessions, entries: this.#entries })
  }

  /** What a base has is found again in forks that had to be read from its start: it is told once. */
  #add(finding: VerifyFinding): void {
    this.#findings.set(nameOf(finding), this.#findings.get(nameOf(finding)) ?? finding)
  }
}

function ofStore({ what, detail }: Finding): VerifyFinding {
  const repairable = what === 'counter' || what === 'orphan' || what === 'index'
  return { what, severity: 'damaged', repairable, tenant: null, session: null, seq: null, detail }
}
