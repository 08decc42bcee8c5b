// Rule 13: blobs by their hash, per tenant, kept while an entry claims them and 24 hours after their last put.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Hash } from '../../schema/ids.ts'
import type { ScopedStore } from '../store.ts'
import { after, deleting, digest, forking, opening } from './drafts.ts'
import { refused, type Suite, type World, write } from './suite.ts'

const hour = 3_600_000
const bytes = (text: string) => new TextEncoder().encode(text)

async function put(scope: ScopedStore, text = 'some bytes'): Promise<Hash> {
  return scope.blobs.put(bytes(text))
}

/** What is left after time has passed and a sweep. */
async function survives(world: World, hash: Hash, hours = 25): Promise<boolean> {
  world.clock.advance(hours * hour)
  await world.store.admin.sweep()
  return (await world.anna.blobs.size(hash)) !== null
}

export function blobs(suite: Suite): void {
  bodies(suite)
  claims(suite)
  sweeps(suite)
  overview(suite)
}

function bodies({ test }: Suite): void {
  test('A blob is found under the SHA-256 of its bytes, and only there', async ({ anna }) => {
    const hash = await put(anna)
    strictEqual(hash, createHash('sha256').update('some bytes').digest('base64url'))
    deepStrictEqual(await anna.blobs.get(hash), bytes('some bytes'))
    strictEqual(await anna.blobs.size(hash), 10)
    strictEqual(await anna.blobs.get(digest('other')), null)
    strictEqual(await anna.blobs.size(digest('other')), null)
    strictEqual(await anna.blobs.get('no hash at all/../x'), null)
  })

  test('A byte range is half open and cut at the ends', async ({ anna }) => {
    const hash = await put(anna)
    const cases: [{ start?: number; end?: number }, string][] = [
      [{}, 'some bytes'],
      [{ start: 5 }, 'bytes'],
      [{ end: 4 }, 'some'],
      [{ start: 2, end: 7 }, 'me by'],
      [{ start: 5, end: 99 }, 'bytes'],
      [{ start: 10 }, ''],
      [{ start: 99 }, ''],
      [{ start: 7, end: 3 }, ''],
      [{ start: 0, end: 0 }, ''],
    ]
    for (const [part, expected] of cases) {
      deepStrictEqual(await anna.blobs.get(hash, part), bytes(expected), JSON.stringify(part))
    }
  })

  test('Empty, binary and large blobs come back byte for byte', async ({ anna }) => {
    const large = new Uint8Array(3 * 1024 * 1024 + 17).map((_, index) => (index * 31 + (index >>> 8)) & 255)
    for (const body of [new Uint8Array(), Uint8Array.of(0, 255, 0, 128), large]) {
      const hash = await anna.blobs.put(body)
      const found = await anna.blobs.get(hash)
      ok(found && Buffer.compare(found, body) === 0)
      strictEqual(await anna.blobs.size(hash), body.length)
    }
    const hash = await anna.blobs.put(large)
    const middle = await anna.blobs.get(hash, { start: 1_000_000, end: 2_500_000 })
    ok(middle && Buffer.compare(middle, large.subarray(1_000_000, 2_500_000)) === 0)
  })

  test('What is done to bytes after putting or getting them does not reach the store', async ({ anna }) => {
    for (const body of [bytes('some bytes'), Buffer.from('more bytes')]) {
      const before = Uint8Array.from(body)
      const hash = await anna.blobs.put(body)
      body.fill(0)
      const got = await anna.blobs.get(hash)
      deepStrictEqual(got && Uint8Array.from(got), before)
      got?.fill(1)
      deepStrictEqual(Uint8Array.from((await anna.blobs.get(hash)) ?? []), before)
    }
  })
}

function claims({ test }: Suite): void {
  test('An append that names a blob which is not stored is refused, alone', async ({ anna }) => {
    const head = await write(anna, opening('one'))
    const hash = await put(anna)
    await refused(anna, after(head, { blobs: [hash, digest('never stored')] }), 'blob_missing', 1)
    await write(anna, after(head, { blobs: [hash, hash] }))
  })

  test('A claimed blob stays, an unclaimed one goes after 24 hours, not before', async (world) => {
    const { anna, store, clock } = world
    const [kept, lost] = [await put(anna, 'kept'), await put(anna, 'lost')]
    await write(anna, opening('one', { blobs: [kept] }))
    clock.advance(23 * hour)
    strictEqual((await store.admin.sweep()).blobs, 0)
    clock.advance(2 * hour)
    strictEqual((await store.admin.sweep()).blobs, 1)
    deepStrictEqual([await anna.blobs.size(kept), await anna.blobs.size(lost)], [4, null])
    await refused(anna, opening('two', { blobs: [lost] }), 'blob_missing')
    strictEqual(await survives(world, kept, 24 * 400), true)
  })

  test('A refused append claims nothing', async (world) => {
    const hash = await put(world.anna)
    await refused(world.anna, opening('one', { blobs: [hash, digest('never stored')] }), 'blob_missing')
    strictEqual(await survives(world, hash), false)
  })

  test('Two tenants with the same bytes keep and lose them apart', async (world) => {
    const other = world.within('all', 'other')
    const hash = await put(world.anna)
    strictEqual(await put(other), hash)
    await write(other, opening('one', { blobs: [hash] }))
    strictEqual(await survives(world, hash), false)
    strictEqual(await other.blobs.size(hash), 10)
  })
}

function sweeps({ test }: Suite): void {
  test('Putting a blob again starts its 24 hours anew', async (world) => {
    const hash = await put(world.anna)
    strictEqual(await survives(world, hash, 20), true)
    await put(world.anna)
    strictEqual(await survives(world, hash, 20), true)
    strictEqual(await survives(world, hash, 5), false)
  })

  test('A blob goes when the last session that claims it is deleted', async (world) => {
    const { anna } = world
    const hash = await put(anna)
    const one = await write(anna, opening('one', { blobs: [hash] }))
    const two = await write(anna, opening('two', { blobs: [hash] }))
    await anna.delete('one', deleting(one))
    strictEqual(await survives(world, hash), true)
    await anna.delete('two', deleting(two))
    strictEqual(await survives(world, hash), false)
  })

  test('A blob that only the last entries of an append name goes with them', async (world) => {
    const { anna } = world
    const [one, two] = [await put(anna, 'one'), await put(anna, 'two')]
    const opened = await write(anna, opening('one'))
    const said = await write(anna, after(opened, { bodies: ['1', '2', '3'], blobs: [one], named: 4 }))
    for (const named of [1, 4, 6, 5.5])
      await refused(anna, after(said, { bodies: ['4'], blobs: [two], named }), 'invalid', 4)
    const more = await write(anna, after(said, { bodies: ['4', '5', '6'], blobs: [two], named: 6 }))
    const less = await write(anna, after(more, { kinds: ['entry.erased'], erase: [2, 4, 5, 7] }))
    strictEqual(await survives(world, one), false)
    strictEqual(await survives(world, two), true)
    await write(anna, after(less, { kinds: ['entry.erased'], erase: [6] }))
    strictEqual(await survives(world, two), false)
  })

  test('A blob goes when every entry of the appends that claim it is erased, not before', async (world) => {
    const { anna } = world
    const hash = await put(anna)
    const opened = await write(anna, opening('one'))
    const said = await write(anna, after(opened, { bodies: ['1', '2'], blobs: [hash] }))
    const half = await write(anna, after(said, { kinds: ['entry.erased'], erase: [2] }))
    strictEqual(await survives(world, hash), true)
    await write(anna, after(half, { kinds: ['entry.erased'], erase: [3] }))
    strictEqual(await survives(world, hash), false)
  })

  test('Entries that only forks still read keep their blobs, the others of a deleted base do not', async (world) => {
    const { anna } = world
    const [early, late] = [await put(anna, 'early'), await put(anna, 'late')]
    const opened = await write(anna, opening('base'))
    const second = await write(anna, after(opened, { blobs: [early] }))
    const base = await write(anna, after(second, { blobs: [late] }))
    const fork = await write(anna, forking('fork', base, second))
    await anna.delete('base', deleting(base))
    strictEqual(await survives(world, early), true)
    strictEqual(await anna.blobs.size(late), null)
    await anna.delete('fork', deleting(fork))
    strictEqual(await survives(world, early), false)
  })
}

function overview({ test }: Suite): void {
  test('The operator sees each blob of every tenant, and whether something claims it', async (world) => {
    const { anna, store } = world
    const other = world.within('all', 'other')
    const used = await put(anna, 'used')
    await put(anna, 'unused')
    await put(other, 'used')
    await write(anna, opening('one', { blobs: [used] }))
    const found: string[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await store.admin.blobHashes(cursor, 1)
      found.push(...page.items.map((blob) => `${blob.tenant} ${blob.size} ${blob.used} ${blob.hash === used}`))
      if (!page.cursor) break
      cursor = page.cursor
    }
    deepStrictEqual(found.sort(), ['acme 4 true true', 'acme 6 false false', 'other 4 false true'])
    const stats = await store.admin.stats()
    deepStrictEqual([stats.blobs, stats.blobBytes], [3, 14])
  })
}
