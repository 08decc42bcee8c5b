// Makes the golden file of the present format: `node make.ts`. Run once per released format; the result is kept for ever.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Head } from '../../src/schema/heads.ts'
import { after, deleting, forking, key, opening } from '../../src/store/conformance/drafts.ts'
import { testClock } from '../../src/store/conformance/suite.ts'
import { sqliteStore } from '../../src/store/sqlite.ts'
import type { Append, ScopedStore, Store } from '../../src/store/store.ts'
import { everything } from './everything.ts'
import { asked, day } from './asked.ts'

async function put(scope: ScopedStore, append: Append): Promise<Head> {
  const [outcome] = await scope.append([append])
  if (!outcome?.ok) throw new Error(`refused: ${outcome?.code}`)
  return append.head
}

const odd = 'NUL \u0000, a lone surrogate \ud800, 日本語, 🙂'

async function plain(scope: ScopedStore): Promise<Head> {
  const blob = await scope.blobs.put(new TextEncoder().encode('a small file'))
  const cell = { state: { n: 1 }, metadata: { '__proto__ ': odd }, agentData: {} }
  const opened = await put(scope, opening('ses_plain', { key: key('k1'), cell, head: { name: odd, agent: 'coder' } }))
  const spoken = await put(scope, after(opened, { bodies: [JSON.stringify(odd), '{"n":1e-7}', '{"secret":"x"}'], blobs: [blob] }))
  const run = await put(
    scope,
    after(spoken, { kinds: ['run.queued', 'run.finished'], refs: [{ type: 'run', value: 'run_1' }], key: key('k2') }),
  )
  const erased = await put(scope, after(run, { kinds: ['entry.erased'], bodies: ['{"seqs":[4]}'], erase: [4] }))
  await scope.snapshots.put('ses_plain', { seq: 3, fold: 1, head: spoken, cell })
  await scope.marks.put('ses_plain', 'user:anna', { version: 0, seen: 3, draft: 'unsent', pinned: 7 })
  return erased
}

async function places(scope: ScopedStore, base: Head, entryHash: string): Promise<void> {
  await put(scope, forking('ses_fork', base, { seq: 3, hash: entryHash }))
  await put(scope, opening('ses_archived', { head: { place: 'archived', readers: ['user:bob'] } }))
  await put(scope, opening('ses_trash', { head: { place: 'trash', trashedFrom: 'open', trashedAt: day, due: 30 * day } }))
  const shared = opening('ses_shared', { head: { owner: 'user:carl', readers: ['user:bob', 'user:anna'] } })
  const attention = [{ kind: 'question', since: day, summary: 'which one?' }] as const
  await put(scope, after(await put(scope, shared), { head: { status: 'waiting', attention, due: day } }))
  await put(scope, opening('@app', { kinds: ['state.changed'] }))
}

async function deleted(scope: ScopedStore): Promise<void> {
  const foreign = { refs: [{ type: 'foreign.codex', value: 'f1' }], key: key('k3') }
  const base = await put(scope, after(await put(scope, opening('ses_gone', foreign)), { bodies: ['1', '2'] }))
  const [, second] = await scope.read('ses_gone')
  if (second) await put(scope, forking('ses_heir', base, second))
  await scope.delete('ses_gone', deleting(base, { key: key('k4') }))
}

async function fill(store: Store): Promise<void> {
  const scope = store.within({ tenant: 'acme', subjects: 'all' })
  const head = await plain(scope)
  const third = (await scope.read('ses_plain'))[2]
  await places(scope, head, third?.hash ?? '')
  await deleted(scope)
  await scope.acquire('ses_plain', 'holder 1', 1000)
  const other = store.within({ tenant: `other ${odd}`, subjects: 'all' })
  await put(other, opening('ses_plain', { bodies: ['"of another tenant"'] }))
}

const folder = await mkdtemp(join(tmpdir(), 'daybook-golden-'))
const clock = testClock()
const path = join(folder, 'daybook.db')
const store = sqliteStore({ path, clock: clock.now })
await store.open()
await fill(store)
const { format } = await store.admin.stats()
await store.admin.vacuum()
const here = (name: string) => new URL(name, import.meta.url).pathname
await rm(here(`format-${format}.db`), { force: true })
await store.admin.backup(here(`format-${format}.db`))
await writeFile(here(`format-${format}.json`), `${JSON.stringify(await everything(store, asked), null, 1)}\n`)
await store.close()
await rm(folder, { recursive: true })
