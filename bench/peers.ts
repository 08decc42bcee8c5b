// P3, P4 and P15: one more message in a long session, against other libraries through their own public calls.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, opening } from '../packages/daybook/src/store/conformance/drafts.ts'
import { memoryStore } from '../packages/daybook/src/store/memory.ts'
import type { Append, ScopedStore } from '../packages/daybook/src/store/store.ts'
import { timedAppenders } from './appenders.ts'
import type { Log } from './daybook.ts'
import { openLog } from './daybook.ts'
import type { Sample, Table, Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import type { PeerName } from './load-peer.ts'
import { loadPeer } from './load-peer.ts'
import { message } from './message.ts'
import type { Peer } from './peers/peer.ts'

const bench = new Bench('peers')
const ours = 'daybook, FULL'

/** Appends per round by peer and length: enough to outlast the clock, few enough to end. */
const counts: Record<PeerName, Record<number, number>> = {
  'blob-full': { 10_000: 24, 100_000: 3 },
  'blob-normal': { 10_000: 24, 100_000: 3 },
  langgraph: { 10_000: 8, 100_000: 1 },
  'langgraph-plain': { 10_000: 8, 100_000: 1 },
  mastra: { 10_000: 1_280, 100_000: 1_280 },
  'openai-memory': { 10: 640, 10_000: 640, 100_000: 500 },
}

function folder(...name: readonly (string | number)[]): string {
  const dir = join(bench.dir, name.join('-'))
  mkdirSync(dir)
  return dir
}

async function peerAt(name: PeerName, length: number): Promise<Peer> {
  const peer = await loadPeer(name)
  await peer.open(folder(name, length))
  await peer.fill(length)
  return peer
}

function peerAppends(peer: Peer, total: number): Variant {
  return { name: peer.name, round: () => timedAppenders(Math.min(64, total), total, (i) => peer.append(message(i))) }
}

function reads(name: string, total: number, read: () => Promise<readonly unknown[]>): Variant {
  const work = async (): Promise<number> => {
    for (let i = 0; i < total; i++) await read()
    return total
  }
  return { name, round: () => timed(work) }
}

/** Files against files: our appends are safe against loss of power, theirs run as their packages set them. */
async function onDisk(
  length: number,
  names: readonly PeerName[],
): Promise<{ table: Table; peers: ReadonlyMap<PeerName, string> }> {
  const log = await openLog({ dir: folder('daybook', length), store: 'sqlite' })
  await log.fill('one', length)
  const peers = await Promise.all(names.map(async (name) => ({ name, peer: await peerAt(name, length) })))
  const append: Variant = {
    name: ours,
    round: () => timedAppenders(64, bench.size(12_800, 3_200), (i) => log.append('one', i)),
  }
  const at = `${length.toLocaleString('en-US')} messages, 64 appenders`
  const appends = peers.map(({ name, peer }) => peerAppends(peer, counts[name][length] ?? 1))
  const table = await bench.race(`Append at ${at}`, 'us per append', ours, [append, ...appends])
  await bench.race(`Read the last 50 of ${at}`, 'us per read', ours, [
    reads(ours, 100, () => log.last50('one')),
    ...peers.map(({ name, peer }) => reads(peer.name, name === 'mastra' ? 50 : 3, () => peer.last50())),
  ])
  await log.close()
  for (const { peer } of peers) await peer.close()
  return { table, peers: new Map(peers.map(({ name, peer }) => [name, peer.name])) }
}

async function memoryAt(length: number): Promise<{ log: Log; peer: Peer }> {
  const log = await openLog({ dir: bench.dir, store: 'memory' })
  if (length > 10) await log.fill('one', length)
  return { log, peer: await peerAt('openai-memory', length) }
}

/** The short session is a new one for every 100 appends, so that it stays short. */
function memoryAppends(log: Log, length: number): Variant {
  let made = 0
  const round = async () => {
    const ids = length > 10 ? ['one'] : Array.from({ length: 20 }, () => `short-${made++}`)
    if (length <= 10) for (const id of ids) await log.fill(id, length)
    return timedAppenders(1, 2_000, (i) => log.append(ids[Math.floor(i / 100) % ids.length] ?? 'one', i))
  }
  return { name: `daybook memory, ${length.toLocaleString('en-US')}`, round }
}

/** The store by itself, without the engine above it: what is appended was validated, chained and folded before. */
async function storeAppends(length: number): Promise<Variant> {
  const scope = memoryStore().within({ tenant: 'bench', subjects: 'all' })
  const first = opening('one')
  await write(scope, first)
  let { head } = first
  const next = (i: number): Append => {
    const append = after(head, { bodies: [JSON.stringify(message(i))] })
    head = append.head
    return append
  }
  for (let i = 0; i < length; i += 1) await write(scope, next(i))
  const round = (): Promise<Sample> => {
    const made = Array.from({ length: 2_000 }, (_, i) => next(i))
    return timedAppenders(1, made.length, (i) => write(scope, made[i] as Append))
  }
  return { name: `the memory store by itself, ${length.toLocaleString('en-US')}`, round }
}

async function write(scope: ScopedStore, append: Append): Promise<void> {
  const [outcome] = await scope.append([append])
  if (!outcome?.ok) throw new Error(`refused: ${outcome?.code}`)
}

async function inMemory(): Promise<void> {
  const long = bench.size(100_000, 20_000)
  const few = await memoryAt(10)
  const many = await memoryAt(long)
  const base = `daybook memory, ${long.toLocaleString('en-US')}`
  const short = 'daybook memory, 10'
  const alone = await storeAppends(long)
  const table = await bench.race('Append in memory, one appender', 'us per append', base, [
    memoryAppends(few.log, 10),
    memoryAppends(many.log, long),
    alone,
    {
      name: many.peer.name,
      round: () => timedAppenders(1, counts['openai-memory'][100_000] ?? 1, (i) => many.peer.append(message(i))),
    },
  ])
  bench.bar({
    id: 'P15',
    what: 'memory store, long session over one of 10',
    value: times(table, base, short),
    is: 'at most',
    limit: 2,
  })
  const value = times(table, many.peer.name, alone.name)
  if (!bench.flags.quick)
    bench.bar({
      id: 'P15',
      what: 'MemorySession over the memory store by itself at 100,000',
      value,
      is: 'at least',
      limit: 100,
    })
  for (const { log, peer } of [few, many]) {
    await log.close()
    await peer.close()
  }
}

const ten = await onDisk(10_000, ['blob-full', 'langgraph', 'langgraph-plain', 'mastra'])
const atLeast = (
  id: string,
  from: { table: Table; peers: ReadonlyMap<PeerName, string> },
  name: PeerName,
  at: string,
  limit: number,
): void => {
  const peer = from.peers.get(name) ?? name
  bench.bar({ id, what: `${peer} over daybook at ${at}`, value: times(from.table, peer, ours), is: 'at least', limit })
}
atLeast('P3', ten, 'blob-full', '10,000', 1_000)
atLeast('P4', ten, 'langgraph', '10,000', 1_000)
atLeast('P4', ten, 'mastra', '10,000', 5)
if (!bench.flags.quick) atLeast('P3', await onDisk(100_000, ['blob-full', 'mastra']), 'blob-full', '100,000', 10_000)
await inMemory()
for (const name of ['blob-full', 'langgraph', 'langgraph-plain', 'mastra', 'openai-memory'] as const) {
  const peer = await loadPeer(name)
  bench.remark(`${peer.name}: ${peer.note}.`)
}
bench.remark('daybook runs at synchronous=FULL with its whole append; the peers run alone, without their agent loops.')
bench.remark(
  'The bar P15 over MemorySession is of the memory store by itself; the rows above it are the whole append with the engine.',
)
bench.finish()
