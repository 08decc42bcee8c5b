// The table of connections: every event in every state, by what the reader is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Connection,
  type ConnectionEvent,
  type ConnectionState,
  firstLink,
  type Link,
  linkAfter,
} from './connection.ts'

const states: { readonly [S in ConnectionState]: Extract<Connection, { state: S }> } = {
  live: { state: 'live' },
  catching_up: { state: 'catching_up', count: 3 },
  restarted: { state: 'restarted', count: 3 },
  reconnecting: { state: 'reconnecting', since: 100 },
  offline: { state: 'offline', since: 100 },
  no_access: { state: 'no_access', code: 'forbidden' },
  deleted: { state: 'deleted' },
}

const events = {
  same: { type: 'hello', server: 'one' },
  other: { type: 'hello', server: 'two' },
  item: { type: 'item' },
  beat: { type: 'beat' },
  live: { type: 'live' },
  lost: { type: 'lost' },
  offline: { type: 'offline' },
  online: { type: 'online' },
  refused: { type: 'refused', code: 'unauthenticated' },
  deleted: { type: 'deleted' },
} as const satisfies Record<string, ConnectionEvent>

/** What is shown afterwards, with its number. */
const table: { readonly [S in ConnectionState]: { readonly [E in keyof typeof events]: string } } = {
  live: row('live', 'restarted 0', 'live', 'live', 'live', 'reconnecting 100', 'offline 100', 'live'),
  catching_up: row(
    'catching_up 0',
    'restarted 0',
    'catching_up 4',
    'catching_up 3',
    'live',
    'reconnecting 100',
    'offline 100',
    'catching_up 3',
  ),
  restarted: row(
    'restarted 3',
    'restarted 0',
    'restarted 4',
    'restarted 3',
    'live',
    'reconnecting 100',
    'offline 100',
    'restarted 3',
  ),
  reconnecting: row(
    'catching_up 0',
    'restarted 0',
    'catching_up 1',
    'reconnecting 100',
    'live',
    'reconnecting 100',
    'offline 100',
    'reconnecting 100',
  ),
  offline: row(
    'catching_up 0',
    'restarted 0',
    'catching_up 1',
    'offline 100',
    'live',
    'offline 100',
    'offline 100',
    'reconnecting 100',
  ),
  no_access: row(
    'catching_up 0',
    'restarted 0',
    'catching_up 1',
    'no_access forbidden',
    'live',
    'no_access forbidden',
    'offline 100',
    'no_access forbidden',
  ),
  deleted: Object.fromEntries(Object.keys(events).map((name) => [name, 'deleted'])) as never,
}

function row(
  ...[same, other, item, beat, live, lost, offline, online]: [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
) {
  return {
    same,
    other,
    item,
    beat,
    live,
    lost,
    offline,
    online,
    refused: 'no_access unauthenticated',
    deleted: 'deleted',
  }
}

function text(shown: Connection): string {
  return Object.values(shown).join(' ')
}

for (const [state, shown] of Object.entries(states)) {
  test(`what is shown behind ${state} is said for every event`, () => {
    const link: Link = { shown, server: 'one', since: 100 }
    const after = Object.entries(events).map(([name, event]) => [name, text(linkAfter(link, event, 200).shown)])
    assert.deepEqual(Object.fromEntries(after), table[state as ConnectionState])
  })
}

test('a link begins without a fact, and each thing that the server says is one', () => {
  const hello = linkAfter(firstLink, { type: 'hello', server: 'one' }, 5)
  assert.deepEqual(hello, { shown: { state: 'catching_up', count: 0 }, server: 'one', since: 5 })
  const lost = linkAfter(linkAfter(hello, { type: 'beat' }, 7), { type: 'lost' }, 60)
  assert.deepEqual(lost.shown, { state: 'reconnecting', since: 7 })
  assert.equal(linkAfter(lost, { type: 'lost' }, 90), lost)
  assert.deepEqual(linkAfter(firstLink, { type: 'lost' }, 9).shown, { state: 'reconnecting', since: 0 })
})
