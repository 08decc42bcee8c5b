// The end of an engine: nothing of it asks the store any more when it has closed.

import { deepStrictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openSessions } from '../session/sessions.ts'
import { gate } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import { fixedSkills } from './skills/fixed.ts'
import { openWork } from './work.ts'

test('whoever closes waits for a look for due work that is under way', async () => {
  const store = memoryStore()
  const [asking, held] = [gate(), gate()]
  const order: string[] = []
  const due: typeof store.due = async (...given) => {
    asking.resolve()
    await held.promise
    order.push('asked')
    return store.due(...given)
  }
  await using sessions = await openSessions({ store: { ...store, due } })
  const work = openWork({ sessions, skills: fixedSkills(), tickMs: null })
  const looking = work.tick()
  await asking.promise
  const closing = work.close().then(() => order.push('closed'))
  await turn()
  held.resolve()
  await Promise.all([looking, closing])
  deepStrictEqual(order, ['asked', 'closed'])
})
