// Servers on one store: who is there, who went, and who was never heard of again.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { it } from 'node:test'
import { localBus } from './bus.ts'
import { openPeers, type Peer, saysEveryMs } from './peers.ts'

const peer = (id: string): Peer => ({ id, url: `http://127.0.0.1:80${id}`, version: '0.1.0' })

it('servers know one another at once, in whatever order they came, and forget who goes', () => {
  const bus = localBus()
  const changes: number[] = []
  const one = openPeers({ bus, me: peer('01'), onChange: (peers) => changes.push(peers.length) })
  deepStrictEqual(one.list(), [])
  const two = openPeers({ bus, me: peer('02') })
  const three = openPeers({ bus, me: peer('03') })
  deepStrictEqual(one.list(), [peer('02'), peer('03')])
  deepStrictEqual(two.list(), [peer('01'), peer('03')])
  deepStrictEqual(three.list(), [peer('01'), peer('02')])
  two.close()
  two.close()
  deepStrictEqual(one.list(), [peer('03')])
  deepStrictEqual(changes, [1, 2, 1])
  for (const each of [one, three]) each.close()
})

it('a server that was killed is forgotten after three times the time in which it would have said something', () => {
  const bus = localBus()
  let now = 0
  const one = openPeers({ bus, me: peer('01'), clock: () => now })
  bus.publish('servers', { ...peer('02'), is: 'here' })
  now += 3 * saysEveryMs
  strictEqual(one.list().length, 1)
  now += 1
  strictEqual(one.list().length, 0)
  one.close()
})
