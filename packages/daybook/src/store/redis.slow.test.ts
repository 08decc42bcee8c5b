// The store in Redis against the contract of stores, on a server that survives the loss of power.

import { after, describe, it } from 'node:test'
import { storeConformance } from './conformance.ts'
import { redisUnderTest, stopRedis, withoutRedis } from './redis/server.fixture.ts'
import { redisSupports } from './redis.ts'

const skip = withoutRedis()

describe('on a Redis server', { skip }, () => {
  after(stopRedis)
  storeConformance(
    { describe: (name, body) => void describe(name, body), it: (name, body) => void it(name, body) },
    { name: 'redis', supports: redisSupports, create: () => redisUnderTest() },
  )
})
