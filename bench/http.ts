// P8: durable appends over HTTP from 64 connections, sharing commits, against the same server with a commit for each, and a server that stores nothing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import type { Load, LoadResult } from './http-load.ts'
import type { Ready, Used } from './http-server.ts'

const bench = new Bench('http')
const connections = 64
const load = new Child(join(import.meta.dirname, 'http-load.ts'))

interface Served {
  readonly name: string
  readonly server: Child
  readonly port: number
  readonly requests: number
}

async function serve(name: string, requests: number, ...args: readonly string[]): Promise<Served> {
  const [what, mode] = args
  const dir = join(bench.dir, `${what}-${mode ?? 'full'}`)
  mkdirSync(dir)
  const server = new Child(join(import.meta.dirname, 'http-server.ts'), [what ?? '', dir, mode ?? 'full'])
  const { port } = await server.next<Ready>()
  return { name, server, port, requests }
}

/** One session per connection; `wall` is microseconds per request, `cpu` those of the server process alone. */
function posting(served: Served): Variant {
  const round = async (): Promise<Sample> => {
    const before = await served.server.ask<Used>({})
    const path = '/api/v1/sessions/bench-{n}/messages'
    const result = await load.ask<LoadResult>({
      port: served.port,
      path,
      connections,
      requests: served.requests,
    } satisfies Load)
    const after = await served.server.ask<Used>({})
    return { wall: (result.elapsed * 1000) / served.requests, cpu: (after.cpu - before.cpu) / served.requests }
  }
  return { name: served.name, round }
}

const many = bench.size(12_800, 3_200)
const bare = await serve('node:http alone, nothing stored', many, 'bare')
const noop = await serve('no-op with schema', many, 'noop')
const shared = await serve('FULL, shared commits', many, 'shared')
const each = await serve('FULL, one commit each', bench.size(2_000, 640), 'each')
const relaxed = await serve('NORMAL, shared commits', many, 'shared', 'relaxed')
const table = await bench.race(
  `POST a message, ${connections} connections`,
  'us per request',
  noop.name,
  [bare, noop, shared, each, relaxed].map(posting),
)

bench.bar({
  id: 'P8',
  what: 'one commit each over shared commits, FULL',
  value: times(table, each.name, shared.name),
  is: 'at least',
  limit: 8,
})
const rate = 1 / times(table, relaxed.name, noop.name)
bench.bar({ id: 'P8', what: 'rate under NORMAL as a part of the no-op’s', value: rate, is: 'at least', limit: 0.35 })
bench.remark('Clients run in a process of their own on the same cores; "cpu" is the server process alone.')
bench.remark('"One commit each" is the same server with requests let in one at a time.')
const most = [bare, noop].map(({ name }) => times(table, each.name, name).toPrecision(3))
bench.remark(
  `Were storing free, one commit each would cost ${most[0]} times node:http alone and ${most[1]} times the no-op.`,
)
for (const { server } of [bare, noop, shared, each, relaxed]) await server.end()
await load.end()
bench.finish()
