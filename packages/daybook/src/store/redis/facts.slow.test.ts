// What an operator is told about a Redis server: real servers with the settings that matter.

import { deepStrictEqual, ok, rejects } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { redisFacts } from './facts.ts'
import { Server, withoutRedis } from './server.fixture.ts'

const skip = withoutRedis()
const aof = ['--appendonly', 'yes', '--appendfsync']

async function on(settings: readonly string[], body: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start(settings)
  try {
    await body(server)
  } finally {
    await server.stop()
  }
}

const bad = (facts: Awaited<ReturnType<typeof redisFacts>>) =>
  facts.filter(({ state }) => state === 'bad').map(({ about }) => about)

describe('An operator is told', { skip }, () => {
  it('that a server is as it should be, and nothing is written to it', () =>
    on([...aof, 'always'], async (server) => {
      deepStrictEqual(bad(await redisFacts({ url: server.url })), [])
      const raw = new Redis(server.url)
      const left = [await raw.dbsize(), await raw.call('FUNCTION', 'LIST')]
      raw.disconnect()
      deepStrictEqual(left, [0, []])
    }))

  it('what a server keeps less than the store states', () =>
    on([...aof, 'everysec'], async (server) => {
      deepStrictEqual(bad(await redisFacts({ url: server.url })), ['durability'])
      deepStrictEqual(bad(await redisFacts({ url: server.url, durable: 'process' })), ['durability'])
      deepStrictEqual(bad(await redisFacts({ url: server.url, durable: 'none' })), [])
    }))

  it('of eviction, of memory that is full, and of few connections', () =>
    on([...aof, 'always', '--maxmemory-policy', 'allkeys-lru', '--maxclients', '3'], async (server) => {
      const raw = new Redis(server.url)
      const used = Number(/used_memory:(\d+)/.exec(await raw.info('memory'))?.[1])
      await raw.config('SET', 'maxmemory', String(used))
      const facts = await redisFacts({ url: server.url })
      raw.disconnect()
      deepStrictEqual(bad(facts), ['eviction', 'memory', 'connections'])
    }))

  it('that a cluster, and a replica, are no place for a store', async () => {
    await on(['--cluster-enabled', 'yes', ...aof, 'always'], async (server) => {
      deepStrictEqual(bad(await redisFacts({ url: server.url })), ['cluster'])
    })
    await on([...aof, 'always', '--replicaof', '127.0.0.1 1'], async (server) => {
      deepStrictEqual(bad(await redisFacts({ url: server.url })), ['role'])
    })
  })

  it('when the server does not tell its settings', () =>
    on([...aof, 'always'], async (server) => {
      const raw = new Redis(server.url)
      await raw.acl('SETUSER', 'default', '-config')
      raw.disconnect()
      const [found] = (await redisFacts({ url: server.url })).filter(({ about }) => about === 'durability')
      deepStrictEqual(found?.state, 'bad')
      ok(found?.next)
    }))

  it('that a server is gone', () =>
    on(aof.slice(0, 2), async (server) => {
      await server.kill()
      await rejects(redisFacts({ url: server.url, wait: 300 }), { code: 'unreachable' })
    }))
})
