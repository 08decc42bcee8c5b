// Rule 8: refs are unique per tenant, type and value; a branch goes to whoever bound it last.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import type { Ref } from '../store.ts'
import { after, deleting, forking, opening } from './drafts.ts'
import { refused, type Suite, write } from './suite.ts'

const day = 24 * 3_600_000
const run: Ref = { type: 'run', value: 'run_1' }
const branch: Ref = { type: 'branch', value: 'repo#main' }
const foreign: Ref = { type: 'foreign.claude', value: 'abc' }

export function refs(suite: Suite): void {
  binding(suite)
  ending(suite)
}

function binding({ test }: Suite): void {
  test('A ref leads to its session, and only with its exact type and value', async ({ anna }) => {
    await write(anna, opening('one', { refs: [run, { type: 'key', value: 'run_1' }] }))
    strictEqual(await anna.locate(run), 'one')
    strictEqual(await anna.locate({ type: 'key', value: 'run_1' }), 'one')
    for (const other of [
      { type: 'run', value: 'RUN_1' },
      { type: 'run', value: 'run_' },
      { type: 'ru', value: 'nrun_1' },
    ]) {
      strictEqual(await anna.locate(other), null)
    }
    deepStrictEqual(sorted(await anna.refs('one')), ['key run_1', 'run run_1'])
  })

  test('A ref that another session has is ref_taken; the same session may bind it again', async ({ anna }) => {
    const one = await write(anna, opening('one', { refs: [run] }))
    const two = await write(anna, opening('two'))
    await refused(anna, after(two, { refs: [{ type: 'run', value: 'run_2' }, run] }), 'ref_taken', 1)
    strictEqual(await anna.locate({ type: 'run', value: 'run_2' }), null)
    await refused(anna, opening('three', { refs: [run] }), 'ref_taken', 0)
    await write(anna, after(one, { refs: [run] }))
    deepStrictEqual(await anna.refs('one'), [run])
  })

  test('A ref bound in a batch is taken for the rest of the batch', async ({ anna }) => {
    const outcomes = await anna.append([opening('one', { refs: [run] }), opening('two', { refs: [run] })])
    deepStrictEqual(
      outcomes.map((outcome) => outcome.ok || outcome.code),
      [true, 'ref_taken'],
    )
  })

  test('A ref of a session that the scope does not see is taken all the same, and leads nowhere', async ({
    anna,
    bob,
  }) => {
    await write(anna, opening('one', { refs: [run] }))
    await refused(bob, opening('two', { refs: [run], head: { owner: 'user:bob' } }), 'ref_taken', 0)
    strictEqual(await bob.locate(run), null)
  })

  test('A branch points to the session that bound it last', async ({ anna }) => {
    const one = await write(anna, opening('one', { refs: [branch] }))
    await write(anna, opening('two', { refs: [branch] }))
    strictEqual(await anna.locate(branch), 'two')
    deepStrictEqual(await anna.refs('one'), [])
    await write(anna, after(one, { refs: [branch] }))
    strictEqual(await anna.locate(branch), 'one')
    deepStrictEqual(await anna.refs('two'), [])
  })

  test('Forks do not inherit refs', async ({ anna }) => {
    const one = await write(anna, opening('one', { refs: [run, branch] }))
    const fork = await write(anna, forking('fork', one, one))
    deepStrictEqual(await anna.refs('fork'), [])
    await refused(anna, after(fork, { refs: [run] }), 'ref_taken', 2)
  })
}

function ending({ test }: Suite): void {
  test('The trash keeps refs', async ({ anna }) => {
    const one = await write(anna, opening('one', { refs: [run, foreign] }))
    await write(anna, after(one, { head: { place: 'trash' } }))
    strictEqual(await anna.locate(run), 'one')
    await refused(anna, opening('two', { refs: [run] }), 'ref_taken')
  })

  test('Deletion frees refs at once, foreign ones with the tombstone', async ({ anna, store, clock }) => {
    const one = await write(anna, opening('one', { refs: [run, branch, foreign] }))
    await anna.delete('one', deleting(one))
    strictEqual(await anna.locate(run), null)
    strictEqual(await anna.locate(branch), null)
    strictEqual(await anna.locate(foreign), 'one')
    deepStrictEqual(await anna.refs('one'), [foreign])
    await write(anna, opening('two', { refs: [run, branch] }))
    clock.advance(29 * day)
    await store.admin.sweep()
    await refused(anna, opening('three', { refs: [foreign] }), 'ref_taken')
    clock.advance(2 * day)
    await store.admin.sweep()
    strictEqual(await anna.locate(foreign), null)
    await write(anna, opening('three', { refs: [foreign] }))
    strictEqual(await anna.locate(run), 'two')
  })

  test('A branch that moved on is not freed by the deletion of its old session', async ({ anna }) => {
    const one = await write(anna, opening('one', { refs: [branch] }))
    await write(anna, opening('two', { refs: [branch] }))
    await anna.delete('one', deleting(one))
    strictEqual(await anna.locate(branch), 'two')
  })
}

function sorted(found: readonly Ref[]): string[] {
  return found.map((ref) => `${ref.type} ${ref.value}`).sort()
}
