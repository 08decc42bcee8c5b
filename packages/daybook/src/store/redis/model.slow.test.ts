// Random programs against the store in Redis: every answer and everything left behind must be that of the model.

import { after, describe, it } from 'node:test'
import { cases } from '../../cases.fixture.ts'
import { agrees } from '../random.fixture.ts'
import { redisUnderTest, stopRedis, withoutRedis } from './server.fixture.ts'

describe('random programs on Redis', { skip: withoutRedis() }, () => {
  after(stopRedis)

  it('[S4.5] leave in the store, reopened now and then, what they leave in the model', () =>
    agrees(() => redisUnderTest(), { ...cases(25), steps: 40 }))
})
