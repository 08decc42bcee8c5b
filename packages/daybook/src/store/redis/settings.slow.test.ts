// On which servers a store lives: what their settings mean for durability, and which ones are refused.

import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it, test } from 'node:test'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { fails } from '../conformance/suite.ts'
import { redisStore } from '../redis.ts'
import type { Supports } from '../store.ts'
import { Server, withoutRedis } from './server.fixture.ts'
import { durabilityOf, factsOf, refuseUnfit } from './settings.ts'

type Durable = Supports['durable']

const skip = withoutRedis()
const aof = ['--appendonly', 'yes', '--appendfsync']

/** Whether a store that states this opens on a server with these settings. */
async function opens(server: Server, durable: Durable): Promise<boolean> {
  const store = redisStore({ url: server.url, durable })
  try {
    await store.open()
  } catch {
    await fails(() => redisStore({ url: server.url, durable }).open(), 'invalid')
    return false
  }
  strictEqual(store.supports.durable, durable)
  await store.close()
  return true
}

async function on(settings: readonly string[], body: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start(settings)
  try {
    await body(server)
  } finally {
    await server.stop()
  }
}

describe('A store opens', { skip }, () => {
  const kept: readonly [readonly string[], Durable][] = [
    [['--appendonly', 'no'], 'none'],
    [[...aof, 'everysec'], 'none'],
    [[...aof, 'no'], 'process'],
    [[...aof, 'always', '--no-appendfsync-on-rewrite', 'yes'], 'process'],
    [[...aof, 'always'], 'power'],
  ]
  for (const [settings, real] of kept) {
    it(`with what the server keeps, and not with more: ${settings.join(' ')} is ${real}`, () =>
      on(settings, async (server) => {
        const all: readonly Durable[] = ['none', 'process', 'power']
        const open: boolean[] = []
        for (const durable of all) open.push(await opens(server, durable))
        deepStrictEqual(
          open,
          all.map((_, index) => index <= all.indexOf(real)),
        )
      }))
  }

  it('not where keys are evicted, not even later', () =>
    on([...aof, 'always'], async (server) => {
      const raw = new Redis(server.url)
      for (const policy of ['allkeys-lru', 'volatile-ttl']) {
        await raw.config('SET', 'maxmemory-policy', policy)
        await fails(() => redisStore({ url: server.url }).open(), 'invalid')
      }
      await raw.config('SET', 'maxmemory-policy', 'noeviction')
      await using store = redisStore({ url: server.url })
      await store.open()
      await raw.config('SET', 'maxmemory-policy', 'allkeys-lru')
      await raw.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await fails(() => store.tip(), 'invalid')
      await raw.config('SET', 'maxmemory-policy', 'noeviction')
      await store.tip()
      raw.disconnect()
    }))

  it('not in a cluster', () =>
    on(['--cluster-enabled', 'yes'], (server) => fails(() => redisStore({ url: server.url }).open(), 'invalid')))

  it('not on a replica, and not on one that became it', () =>
    on([...aof, 'always'], async (server) => {
      await using store = redisStore({ url: server.url })
      await store.open()
      const raw = new Redis(server.url)
      await raw.replicaof('127.0.0.1', 1)
      await fails(() => redisStore({ url: server.url }).open(), 'store_readonly')
      const scope = store.within({ tenant: 'acme', subjects: 'all' })
      await fails(() => scope.acquire('one', 'a', 1000), 'store_readonly')
      await raw.replicaof('NO', 'ONE')
      strictEqual(await scope.acquire('one', 'a', 1000), null)
      raw.disconnect()
    }))

  it('not for a user who may not call all that a write needs, or not under the prefix', () =>
    on([...aof, 'always'], async (server) => {
      const raw = new Redis(server.url)
      for (const [less, again, code] of [
        ['-unlink', '+unlink', 'invalid'],
        ['-zadd', '+zadd', 'invalid'],
        ['-publish', '+publish', 'invalid'],
        ['resetkeys', 'allkeys', 'unreachable'],
      ] as const) {
        await raw.call('ACL', 'SETUSER', 'default', less)
        await fails(() => redisStore({ url: server.url }).open(), code)
        await raw.call('ACL', 'SETUSER', 'default', again)
      }
      await using store = redisStore({ url: server.url })
      await store.open()
      raw.disconnect()
    }))

  it('not under a prefix that a newer daybook wrote', () =>
    on([...aof, 'always'], async (server) => {
      const raw = new Redis(server.url)
      await raw.hset('daybook:meta', 'format', 99)
      await fails(() => redisStore({ url: server.url }).open(), 'too_new')
      await using other = redisStore({ url: server.url, prefix: 'other:' })
      await other.open()
      raw.disconnect()
    }))

  it('not where there is no server, within its wait', async () => {
    await fails(() => redisStore({ url: '/nonexistent/socket', wait: 200 }).open(), 'unreachable')
  })
})

test('Without the driver, opening says what to install', async () => {
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(name, context, next) {
        if (name === 'ioredis') throw Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      },
    })
    const { redisStore } = await import(${JSON.stringify(new URL('../redis.ts', import.meta.url).href)})
    const error = await redisStore({ url: 'redis://127.0.0.1:1' }).open().catch((failed) => failed)
    console.log(error.code, error.hint)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  match(stdout, /^unreachable .*ioredis/)
})

describe('What a server says of itself', () => {
  it('is read from INFO, and a server that hides its settings keeps nothing for certain', () => {
    const facts = factsOf(
      '# Server\r\nredis_version:7.2.4\r\nredis_mode:standalone\r\naof_enabled:1\r\nrole:master\r\n',
    )
    strictEqual(facts.get('redis_version'), '7.2.4')
    strictEqual(durabilityOf(null, facts), null)
    strictEqual(durabilityOf(null, new Map([['aof_enabled', '0']])), 'none')
  })

  it('is refused when it is older than 7', async () => {
    await fails(async () => refuseUnfit(factsOf('redis_version:6.2.14\r\nrole:master\r\n')), 'invalid')
  })
})
