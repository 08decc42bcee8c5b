// What a write cannot keep is refused by its types: nobody believes that a fence or an expected seq was looked at.

import { strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { PlainOptions, ScopedSessions, Session, WriteOptions } from './contract.ts'

test('options that openings, shared state and deletions do not look at are refused by their types', () => {
  const fenced: WriteOptions = { fence: 1 }
  const named: WriteOptions = { refs: [{ type: 'run', value: 'run_1' }] }
  const plain: PlainOptions = { key: 'k', expect: 3 }
  const never = (_sessions: ScopedSessions, _session: Session): Promise<unknown>[] => [
    // @ts-expect-error the writer of an opening holds no lease
    _sessions.open({}, fenced),
    // @ts-expect-error refs are a field of what is opened
    _sessions.open({}, named),
    // @ts-expect-error what is opened is not there yet
    _sessions.open({}, plain),
    // @ts-expect-error no lease is on shared state
    _sessions.setState('app', {}, fenced),
    // @ts-expect-error shared state has no refs
    _sessions.setState('user', {}, named),
    // @ts-expect-error a live lease makes a deletion busy, also for its holder
    _session.delete(fenced),
    // @ts-expect-error what is deleted is bound to nothing
    _session.delete(named),
    _sessions.open({}, { key: 'k' }),
    _sessions.setState('app', {}, plain),
    _session.delete(plain),
  ]
  strictEqual(typeof never, 'function')
})
