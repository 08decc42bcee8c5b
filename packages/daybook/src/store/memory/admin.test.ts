// The operator's side of the memory store where it can only be reached by damage: check finds it, mend undoes it.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { it } from 'node:test'
import { opening } from '../conformance/drafts.ts'
import { fails, tenant, testClock, World, write } from '../conformance/suite.ts'
import { storeOver } from './build.ts'
import { newState, tenantOf } from './state.ts'

it('check finds lists and refs that disagree with the sessions, mend makes them agree again', async () => {
  const clock = testClock()
  const state = newState(clock.now)
  const store = storeOver(state)
  const { anna } = new World({ store, clock, dispose: () => store.close() })
  for (const [index, session] of ['one', 'two', 'three'].entries()) {
    await write(anna, opening(session, { head: { due: clock.now() - index }, refs: [{ type: 'run', value: session }] }))
  }
  const before = [await anna.list(), await store.due(9), await anna.locate({ type: 'run', value: 'two' })]
  const { rows, lists, refs } = tenantOf(state, tenant)
  const [one, two] = [rows.get('one'), rows.get('two')]
  ok(one && two)
  lists.remove(one, one.head, one.position)
  refs.clear()
  refs.set('5 ghost x', two)
  state.due.clear()
  deepStrictEqual((await store.admin.check()).map((finding) => finding.what).sort(), ['counter', 'counter', 'index'])
  strictEqual((await store.admin.mend()).length, 3)
  deepStrictEqual(await store.admin.check(), [])
  deepStrictEqual([await anna.list(), await store.due(9), await anna.locate({ type: 'run', value: 'two' })], before)
})

it('a store in memory says that it cannot write a copy of itself', async () => {
  const store = storeOver(newState(Date.now))
  strictEqual(store.supports.backup, false)
  await fails(() => store.admin.backup('anywhere'), 'invalid')
})
