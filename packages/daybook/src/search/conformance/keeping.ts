// How an index follows its feed: position, rights, erasing, deleting, and that the way makes no difference.

import { deepStrictEqual, ok } from 'node:assert/strict'
import type { SearchIndex } from '../contract.ts'
import { anna, bob, type Suite, start, tenant, type World } from './world.ts'

async function tidied(index: SearchIndex): Promise<void> {
  while (await index.tidy());
}

/** A bit of everything, over three sessions. */
function life(world: World): void {
  world.session('one', { branch: 'main' })
  world.write('one', 'session.opened', { owner: anna, agent: 'coder', name: 'opened word' })
  world.say('one', 'word one')
  world.say('two', 'слово два, слова')
  world.say('one', 'secret word')
  world.write('one', 'entry.erased', { seqs: [3] })
  world.write('one', 'message', null)
  world.say('three', 'word three')
  world.session('three', { place: 'deleted' })
  world.write('three', 'session.deleted', {})
  world.session('two', { readers: [bob] })
  world.write('two', 'session.shared', { readers: [bob] })
}

export function keeping(suite: Suite): void {
  places(suite)
  rights(suite)
  leaving(suite)
  forks(suite)
  ways(suite)
  gathered(suite)
}

function places({ test }: Suite): void {
  test('begins at the beginning and knows where it stands', async (world) => {
    deepStrictEqual(await world.index.position(), { cursor: null, witnesses: [], at: 0 })
    world.say('one', 'word')
    await world.read()
    const { cursor, at, witnesses } = await world.index.position()
    deepStrictEqual([cursor, at, witnesses[0]?.session], ['1', start, 'one'])
  })

  test('takes in only what follows where it stands', async (world) => {
    world.say('one', 'word')
    await world.read()
    const before = await world.contents()
    const elsewhere = { from: '7', to: '9', entries: [], sessions: [], witnesses: [], at: start }
    deepStrictEqual(await world.index.apply(elsewhere), false)
    deepStrictEqual(await world.index.apply({ ...elsewhere, from: null }), false)
    deepStrictEqual((await world.index.position()).cursor, '1')
    deepStrictEqual(await world.contents(), before)
  })
}

function rights({ test }: Suite): void {
  test('only owner and readers find, and only in their tenant', async (world) => {
    world.session('one', { owner: anna })
    world.session('two', { owner: bob, readers: [anna] })
    world.session('three', { owner: bob })
    for (const id of ['one', 'two', 'three']) world.say(id, 'word')
    world.write('one', 'message', { role: 'user', content: 'word' }, start, 'other')
    await world.read()
    const seen = async (subjects: readonly string[] | 'all', name = tenant) =>
      (await world.hits('word', { scope: { tenant: name, subjects } })).sort()
    deepStrictEqual(await seen([anna]), ['one@1', 'two@1'])
    deepStrictEqual(await seen([bob]), ['three@1', 'two@1'])
    deepStrictEqual(await seen([anna, bob]), ['one@1', 'three@1', 'two@1'])
    deepStrictEqual(await seen(['user:carl']), [])
    deepStrictEqual(await seen([]), [])
    deepStrictEqual(await seen('all'), ['one@1', 'three@1', 'two@1'])
    deepStrictEqual(await seen('all', 'other'), ['one@1'])
    deepStrictEqual(await seen('all', 'nobody'), [])
  })

  test('rights and labels are those of the last head', async (world) => {
    world.session('one', { readers: [bob], branch: 'a' })
    world.say('one', 'word')
    await world.read()
    const ofBob = { scope: { tenant, subjects: [bob] } }
    deepStrictEqual(await world.hits('word', ofBob), ['one@1'])
    world.session('one', { readers: [], branch: 'b' })
    world.write('one', 'session.shared', { readers: [] })
    await world.read()
    deepStrictEqual(await world.hits('word', ofBob), [])
    deepStrictEqual(await world.hits('word', { branch: 'a' }), [])
    deepStrictEqual(await world.hits('word', { branch: 'b' }), ['one@1'])
  })

  test('the trash is not searched, the archive is, and what is restored is found again', async (world) => {
    world.say('one', 'word')
    for (const [place, found] of [
      ['archived', 1],
      ['trash', 0],
      ['open', 1],
    ] as const) {
      world.session('one', { place })
      world.write('one', 'session.reopened', {})
      await world.read()
      deepStrictEqual((await world.hits('word')).length, found, place)
    }
  })
}

function leaving({ test }: Suite): void {
  test('erased entries are no hits, and nothing of them is left', async (world) => {
    world.say('one', 'secret word')
    world.say('one', 'plain word')
    await world.read()
    world.write('one', 'entry.erased', { seqs: [1, 3] })
    await world.read()
    deepStrictEqual(await world.hits('word'), ['one@2'])
    deepStrictEqual(await world.hits('secret'), [])
    ok(!(await world.contents()).some((line) => line.includes('secret')))
  })

  test('a deleted session is no hit at once, and nothing of it is left when it was tidied', async (world) => {
    for (let at = 0; at < 50; at++) world.say('one', `secret word ${at}`)
    world.say('two', 'plain word')
    await world.read()
    world.session('one', { place: 'deleted' })
    world.write('one', 'session.deleted', {})
    await world.read()
    deepStrictEqual(await world.hits('word', { scope: { tenant, subjects: 'all' } }), ['two@1'])
    await tidied(world.index)
    deepStrictEqual(await world.index.tidy(), false)
    deepStrictEqual((await world.contents()).length, 1)
  })

  test('an id that was freed and taken again is another session', async (world) => {
    world.say('one', 'former word')
    world.say('one', 'former word')
    await world.read()
    world.free('one')
    world.session('one', { owner: bob })
    world.say('one', 'latter word')
    await world.read()
    await tidied(world.index)
    deepStrictEqual(await world.hits('word', { scope: { tenant, subjects: 'all' } }), ['one@1'])
    deepStrictEqual(await world.hits('word'), [])
    ok(!(await world.contents()).some((line) => line.includes('former')))
  })
}

function ways({ test }: Suite): void {
  for (const most of [1, 3]) {
    test(`holds the same whether it read ${most} at a time or all at once`, async (world) => {
      life(world)
      await world.read()
      await tidied(world.index)
      const whole = await world.contents()
      deepStrictEqual(whole.length, 3)
      await world.index.clear()
      deepStrictEqual(await world.contents(), [])
      deepStrictEqual((await world.index.position()).cursor, null)
      const again = new (world.constructor as new (given: World['given']) => World)(world.given)
      life(again)
      await again.read(most)
      await tidied(again.index)
      deepStrictEqual(await again.contents(), whole)
      deepStrictEqual((await again.hits('word')).sort(), ['one@1', 'one@2'])
      deepStrictEqual(await again.hits('слово', { scope: { tenant, subjects: [bob] } }), ['two@1'])
    })
  }

  test('what it holds outlives its closing, where it has a backing', async (world) => {
    if (!world.given.reopen) return
    life(world)
    await world.read()
    const [before, position] = [await world.contents(), await world.index.position()]
    world.index = await world.given.reopen()
    deepStrictEqual(await world.contents(), before)
    deepStrictEqual(await world.index.position(), position)
    world.say('one', 'later word')
    await world.read()
    deepStrictEqual((await world.hits('later')).length, 1)
  })

  test('two on one backing take in each part once, where it can be shared', async (world) => {
    if (!world.given.twin) return
    const twin = await world.given.twin()
    world.say('one', 'first word')
    await world.read()
    deepStrictEqual((await twin.position()).cursor, '1')
    const late = { from: null, to: '1', entries: [], sessions: [], witnesses: [], at: start }
    deepStrictEqual(await twin.apply(late), false)
    world.say('one', 'second word')
    await world.read(1, twin)
    deepStrictEqual((await world.hits('word')).length, 2)
    deepStrictEqual(await world.contents(twin), await world.contents())
  })
}

function forks({ test }: Suite): void {
  test('what a fork inherited is found in it as its own, with its rights, and in no other place', async (world) => {
    world.say('base', 'inherited word')
    world.say('base', 'erased word')
    world.say('base', 'later word')
    world.session('fork', { owner: bob, base: { session: 'base', seq: 2 } })
    world.say('fork', 'own word')
    world.say('fork', 'own, later word')
    world.session('twig', { owner: bob, base: { session: 'fork', seq: 3 } })
    world.say('twig', 'last word')
    await world.read(1)
    const ofBob = (session?: string) =>
      world.hits('word', { scope: { tenant, subjects: [bob] }, ...(session ? { session } : {}) })
    deepStrictEqual((await ofBob('fork')).sort(), ['fork@1', 'fork@2', 'fork@3', 'fork@4'])
    deepStrictEqual((await ofBob('twig')).sort(), ['twig@1', 'twig@2', 'twig@3', 'twig@4'])
    deepStrictEqual(await ofBob('base'), [])
    deepStrictEqual((await ofBob()).sort(), ['fork@3', 'fork@4', 'twig@4'])
    deepStrictEqual(await world.hits('word', { session: 'fork' }), [])
    world.write('base', 'entry.erased', { seqs: [2] })
    await world.read()
    deepStrictEqual((await ofBob('fork')).sort(), ['fork@1', 'fork@3', 'fork@4'])
    world.session('base', { place: 'deleted' })
    world.write('base', 'session.deleted', {})
    await world.read()
    deepStrictEqual((await ofBob('twig')).sort(), ['twig@3', 'twig@4'])
    // Whoever takes the id is no base of theirs.
    world.free('base')
    for (let at = 0; at < 3; at++) world.say('base', 'foreign word')
    await world.read()
    deepStrictEqual((await ofBob('fork')).sort(), ['fork@3', 'fork@4'])
  })

  test('files that a fork inherited are files of it, where it is asked for', async (world) => {
    world.write('base', 'pin', { path: 'src/auth/token.ts' })
    world.session('fork', { base: { session: 'base', seq: 1 } })
    world.say('fork', 'own word')
    await world.read()
    deepStrictEqual((await world.hits('word', { session: 'fork', file: 'token.ts' })).sort(), ['fork@2'])
    deepStrictEqual(await world.hits(null, { session: 'fork', file: 'token.ts' }), ['fork@1'])
    deepStrictEqual(await world.hits('word', { file: 'token.ts' }), [])
  })
}

function gathered({ test }: Suite): void {
  test('parts that follow each other are found at once, and outlive a closing when they were settled', async (world) => {
    const twin = await world.given.twin?.()
    world.say('one', 'first word')
    world.say('one', 'second word')
    await world.read(1, world.index, true)
    deepStrictEqual((await world.hits('word')).length, 2)
    deepStrictEqual((await world.index.position()).cursor, '2')
    // Kept at once or together with what follows: whoever else looks sees whole parts only.
    if (twin) {
      const seen = (await world.hits('word', {}, twin)).length
      deepStrictEqual(seen, Number((await twin.position()).cursor ?? 0))
    }
    await world.index.settle()
    await world.index.settle()
    if (twin) deepStrictEqual(await world.contents(twin), await world.contents())
    world.say('one', 'third word')
    await world.read(1, world.index, true)
    if (!world.given.reopen) return
    world.index = await world.given.reopen()
    const kept = Number((await world.index.position()).cursor)
    ok(kept === 2 || kept === 3)
    deepStrictEqual((await world.hits('word')).length, kept)
  })
}
