// URLs of stores taken apart.

import { deepStrictEqual, throws } from 'node:assert/strict'
import { it } from 'node:test'
import { postgresOf, redisOf } from './store-url.ts'

it('of the URL of a PostgreSQL store the schema is ours, all else is for the driver', () => {
  deepStrictEqual(postgresOf('postgres://anna:s%40@db:5433/logs'), { url: 'postgres://anna:s%40@db:5433/logs' })
  deepStrictEqual(postgresOf('postgres://db/logs?sslmode=require&schema=one'), {
    url: 'postgres://db/logs?sslmode=require',
    schema: 'one',
  })
})

it('of the URL of a Redis store prefix and durability are ours', () => {
  deepStrictEqual(redisOf('redis://:secret@cache:6380/2'), { url: 'redis://:secret@cache:6380/2' })
  deepStrictEqual(redisOf('redis://cache?prefix=a%3A&durable=process'), {
    url: 'redis://cache',
    prefix: 'a:',
    durable: 'process',
  })
  throws(() => redisOf('redis://cache?durable=perhaps'), { code: 'invalid', field: 'store' })
})
