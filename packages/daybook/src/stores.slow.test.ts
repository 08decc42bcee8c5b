// Stores by their URLs on real servers, and a Redis as the bus beside a PostgreSQL.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { until } from './session/testing.fixture.ts'
import { deltaTopic, hintTopic } from './store/bus.ts'
import { freshSchema, sharedServer } from './store/postgres/server.fixture.ts'
import { Server, withoutRedis } from './store/redis/server.fixture.ts'
import { openStore } from './stores.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('stores on servers by URL', { skip: withoutRedis() }, () => {
  let redis: Server
  let address: string
  let postgres: string
  before(async () => {
    const port = await freePort()
    redis = await Server.start(['--port', String(port), '--appendonly', 'yes', '--appendfsync', 'no'])
    address = `redis://127.0.0.1:${port}`
    postgres = `${(await sharedServer()).url}?schema=${freshSchema()}`
  })
  after(() => redis.stop())

  it('are what they say: a schema of a PostgreSQL, a prefix of a Redis', async () => {
    for (const [url, name, durable] of [
      [postgres, 'postgres', 'power'],
      [`${address}?prefix=one:&durable=process`, 'redis', 'process'],
    ] as const) {
      await using store = await openStore(url)
      assert.deepEqual([store.name, store.supports.durable, store.supports.shared], [name, durable, 'network'])
    }
    await assert.rejects(openStore(address), { code: 'invalid', field: 'durable' })
  })

  it('take a Redis as the bus of a PostgreSQL store: hints and deltas of one are heard by the other', async () => {
    await using one = await openStore(postgres, { bus: address })
    await using other = await openStore(postgres, { bus: address })
    const heard: object[] = []
    const topic = deltaTopic('acme', 'one')
    other.bus.subscribe(topic, (delta) => heard.push(delta as object))
    other.bus.subscribe(hintTopic, (hint) => heard.push(hint as object))
    await until(() => {
      one.bus.publish(topic, { text: 'half' })
      one.bus.publish(hintTopic, { tenant: 'acme', session: 'one', seq: 7 })
      return heard.some((each) => 'text' in each) && heard.some((each) => 'seq' in each && each.seq === 7)
    })
  })

  it('refuse a bus that is not there, and a bus beside any other store', async () => {
    await assert.rejects(openStore(postgres, { bus: 'redis://127.0.0.1:1' }), { code: 'unreachable' })
    await assert.rejects(openStore('memory:', { bus: address }), { code: 'invalid', field: 'bus' })
  })
})
