// A process that loses a lease and takes it again itself: what it had given up writes nothing more.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openSessions } from '../session/sessions.ts'
import { gate, until } from '../session/testing.fixture.ts'
import { memoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { fixedSkills } from './skills/fixed.ts'
import { skill } from './testing.fixture.ts'
import { openWork } from './work.ts'

/** A store whose leases cannot be renewed while this says so. */
function unrenewing(file: Store, refuses: () => boolean): Store {
  const within: Store['within'] = (scope) => {
    const own = file.within(scope)
    const renew = own.renew.bind(own)
    own.renew = async (lease, ttl) => {
      if (refuses()) throw new Error('the disk is full')
      return renew(lease, ttl)
    }
    return own
  }
  return { ...file, within }
}

test('The end of an effect that was given up is refused, though its process has the lease again', async () => {
  let full = false
  const sessions = await openSessions({ store: unrenewing(memoryStore(), () => full) })
  const gates = [gate(), gate()]
  const begun: number[] = []
  const slow = skill(
    'slow',
    (_input, { step }) =>
      step(
        'one',
        async ({ attempt }) => {
          begun.push(attempt)
          await gates[attempt - 1]?.promise
          return attempt
        },
        { idempotent: true },
      ),
    { durable: true },
  )
  const work = openWork({
    sessions,
    skills: fixedSkills(slow),
    leaseMs: 100,
    tickMs: null,
    settleMs: 0,
    onError: () => {},
  })
  const ticking = (condition: () => boolean) => until(() => work.tick().then(condition))
  const anna = work.within({ tenant: 'default', subjects: ['anna'] })
  const { run, session } = await anna.start(null, { skill: 'slow' })
  await ticking(() => begun.length === 1)
  full = true
  await ticking(() => work.load.active === 0)
  full = false
  await ticking(() => begun.length === 2)
  const log = sessions.within({ tenant: 'default', subjects: ['anna'] }).session(session)
  gates[0]?.resolve()
  // Whatever the first attempt still writes goes out within a turn of the loop, and its append takes another.
  for (let n = 0; n < 8; n += 1) await turn()
  gates[1]?.resolve()
  strictEqual((await anna.settled(run)).output, 2)
  await work.close()
  const ends = await log.read({ kinds: ['step.finished'] })
  deepStrictEqual(
    ends.map(({ data }) => (data as { output?: unknown }).output),
    [2],
  )
  await sessions.close()
})
