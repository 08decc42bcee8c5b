// Proves that a store's logs, chains, heads, forks and blobs agree, and repairs what can be folded or counted again.

import type { SessionId, Tenant } from '../schema/ids.ts'
import type { Finding, Row } from '../store/admin.ts'
import type { ScopedStore, Store } from '../store/store.ts'
import { eachAtOnce } from './verify/at-once.ts'
import { BlobCheck } from './verify/blobs.ts'
import { withUsageOf } from './verify/compare.ts'
import type { RepairReport, VerifyFinding, VerifyOptions, VerifyReport } from './verify/contract.ts'
import { verifySession } from './verify/session.ts'
import { rowsOf, Tree } from './verify/tree.ts'

/**
 * Reads everything of all tenants once, page by page, while others may go on writing; needs memory for the forks, and for
 * the sessions that are looked at together. Findings come in the order of the store's rows, however many those are.
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

/** Sessions looked at together where every question crosses a network: most of the time is waiting for its answer. */
const acrossNetwork = 16

interface Told {
  readonly finding: VerifyFinding
  /** Number of the session's row, and of the finding in it. */
  readonly at: number
  readonly nth: number
}

class Verification {
  readonly #store: Store
  readonly #options: VerifyOptions
  readonly #findings = new Map<string, Told>()
  readonly #underway = new Map<string, Promise<void>>()
  readonly #atOnce: number
  readonly #blobs: BlobCheck
  #sessions = 0
  #entries = 0

  constructor(store: Store, options: VerifyOptions) {
    this.#store = store
    this.#options = options
    this.#blobs = new BlobCheck(store)
    this.#atOnce = options.atOnce ?? (store.supports.shared === 'network' ? acrossNetwork : 1)
  }

  async run(): Promise<VerifyReport> {
    await this.#blobs.readAll(this.#atOnce, this.#options.signal)
    const tree = await Tree.of(this.#store)
    await eachAtOnce(rowsOf(this.#store), this.#atOnce, async (row, at) => {
      if (row.head?.place === 'deleted') return
      const key = keyOf(row.tenant, row.session)
      const done = this.#session(row, at, tree)
      this.#underway.set(key, done)
      try {
        await done
      } finally {
        this.#underway.delete(key)
      }
    })
    const ofAll = [...this.#blobs.unnamed(), ...(await this.#store.admin.check()).map(ofStore)]
    for (const [nth, finding] of ofAll.entries()) this.#add({ finding, at: Number.POSITIVE_INFINITY, nth })
    const findings = [...this.#findings.values()].sort(inOrder).map(({ finding }) => finding)
    return {
      sessions: this.#sessions,
      entries: this.#entries,
      blobs: this.#blobs.checked,
      healthy: findings.every(({ severity }) => severity !== 'damaged'),
      findings,
    }
  }

  async #session(row: Row, at: number, tree: Tree): Promise<void> {
    const base = tree.baseOf(row)
    // A fork begins where its base was found to be; what is wrong with that is told by the base.
    if (base) await this.#underway.get(keyOf(row.tenant, base.session))
    const store = this.#store.within({ tenant: row.tenant, subjects: 'all' })
    const hooks = {
      blob: (hash: string) => this.#blobs.named(row.tenant, store.blobs, hash),
      onPage: (entries: number) => this.#progress(entries),
    }
    const result = await verifySession(checkOf(store, row, tree, hooks))
    if (!result) return
    tree.keep(row.tenant, row.session, result.points, result.end === null)
    for (const [nth, found] of result.found.entries()) {
      this.#add({ finding: { severity: 'damaged', ...found, tenant: row.tenant }, at, nth })
    }
    this.#sessions += 1
    this.#progress(0)
  }

  #progress(entries: number): void {
    this.#entries += entries
    this.#options.signal?.throwIfAborted()
    this.#options.onProgress?.({ sessions: this.#sessions, entries: this.#entries })
  }

  /** What a base has is found again in forks that had to be read from its start: it is told once. */
  #add(told: Told): void {
    const name = nameOf(told.finding)
    const known = this.#findings.get(name)
    if (!known || inOrder(told, known) < 0) this.#findings.set(name, told)
  }
}

function inOrder(one: Told, other: Told): number {
  return one.at === other.at ? one.nth - other.nth : one.at - other.at
}

function ofStore({ what, detail }: Finding): VerifyFinding {
  const repairable = what === 'counter' || what === 'orphan' || what === 'index'
  return { what, severity: 'damaged', repairable, tenant: null, session: null, seq: null, detail }
}
