// What a terminal costs under the process host: throughput beside a bare one, memory of many, and what is left of those that ended.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openHome } from '../packages/daybook/src/cli/bin.fixture.ts'
import { hostClient } from '../packages/daybook/src/program/host/client.ts'
import type { ProcessHost, SpawnRequest } from '../packages/daybook/src/program/host/contract.ts'
import { loadTerminals } from '../packages/daybook/src/program/host/emulator.ts'
import { inlineHost } from '../packages/daybook/src/program/host/inline.ts'
import { alive, type Identity, marked } from '../packages/daybook/src/program/host/proc.ts'
import { Spool } from '../packages/daybook/src/program/host/spool.ts'
import { Child } from './child.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import type { Load, LoadResult } from './http-load.ts'
import { median } from './numbers.ts'

const bench = new Bench('programs')
const { spawn } = await loadTerminals()
const env = { PATH: '/usr/bin:/bin', TERM: 'xterm-256color' }
const megabytes = bench.size(48, 16)
const text = join(bench.dir, 'text')
const line = `${'the quick brown fox jumps over the lazy dog '.repeat(2).slice(0, 79)}\n`
writeFileSync(text, line.repeat(Math.round((megabytes * 1e6) / line.length)))
/** A terminal gives each end of a line as two bytes. */
const printed = readFileSync(text).length + readFileSync(text, 'latin1').split('\n').length - 1
/** Waits at first, so that what a start costs is not counted. */
const printing = ['--norc', '--noprofile', '-c', 'stty -echo; printf ready; read -r; exec cat "$1"', 'text', text]
const ready = Buffer.byteLength('ready')

/** A terminal and nothing else, but for what is done with its bytes. */
async function bare(keep: (bytes: Buffer) => void): Promise<Sample> {
  const pty = spawn('/bin/bash', printing, { cwd: '/', env, cols: 120, rows: 40, encoding: null })
  let bytes = 0
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  pty.onData((data: unknown) => {
    bytes += (data as Buffer).length
    keep(data as Buffer)
    if (bytes >= ready) begun.resolve()
  })
  pty.onExit(() => ended.resolve())
  await begun.promise
  return clocked(async () => {
    pty.write('\r')
    await ended.promise
    return bytes
  })
}

let lost = 0

/** @param work gives the bytes of the terminal, those before the clock started included */
async function clocked(work: () => Promise<number>): Promise<Sample> {
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const bytes = await work()
  const wall = (performance.now() - start) * 1000
  const { user, system } = process.cpuUsage(cpu)
  lost += Math.abs(ready + printed - bytes)
  return { wall: wall / megabytes, cpu: (user + system) / megabytes }
}

let count = 0

async function hosted(host: ProcessHost): Promise<Sample> {
  count += 1
  const key = `text ${count}`
  await host.spawn({ key, mode: 'pty', binary: '/bin/bash', args: printing, env, cwd: '/' })
  while (((await host.get(key))?.offset ?? 0) < ready) await sleep(2)
  const sample = await clocked(async () => {
    await host.write(key, '\r')
    while ((await host.get(key))?.exit === null) await sleep(2)
    return (await host.get(key))?.offset ?? 0
  })
  await host.forget(key)
  return sample
}

const inline = inlineHost({ folder: join(bench.dir, 'inline') })
const variants: readonly Variant[] = [
  { name: 'bare terminal', round: () => bare(() => undefined) },
  {
    name: 'with durable output',
    async round() {
      count += 1
      const place = join(bench.dir, `spool-${count}`)
      mkdirSync(place)
      const spool = new Spool(place, 'out', 2)
      const sample = await bare((bytes) => spool.write(bytes))
      spool.end()
      return sample
    },
  },
  { name: 'under the host, with a screen', round: () => hosted(inline) },
]
const table = await bench.race(`A program prints ${megabytes} MB`, 'us per MB', 'bare terminal', variants)
await inline.close()
for (const [name, limit] of [
  ['with durable output', 0.75],
  ['under the host, with a screen', 0.35],
] as const) {
  const value = times(table, 'bare terminal', name)
  bench.bar({ id: 'programs', what: `throughput ${name}, over that of a bare one`, value, is: 'at least', limit })
}
bench.bar({ id: 'programs', what: 'bytes lost', value: lost, is: 'at most', limit: 0 })

const folder = join(bench.dir, 'host')
const host = hostClient({ folder, idleAfter: 1_000 })
await host.list()
const lock = readdirSync(folder).find((name) => name.startsWith('lock.')) ?? ''
const identity = JSON.parse(readFileSync(join(folder, lock), 'utf8')) as Identity
const { pid } = identity
/** Of all that came and went. */
const markers: string[] = []

/** Megabytes that the host has in memory. */
const inMemory = (): number => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
const descriptors = (): number => readdirSync(`/proc/${pid}/fd`).length

function shell(key: string, script: string): SpawnRequest {
  const args = ['--norc', '--noprofile', '-c', script]
  return { key, mode: 'pty', binary: '/bin/bash', args, env, cwd: '/' }
}

/** In groups, as a server would: each start costs the host a process of its own for a moment. */
async function inGroups(total: number, each: (index: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < total; at += 8)
    await Promise.all(Array.from({ length: Math.min(8, total - at) }, (_, index) => each(at + index)))
}

await inGroups(8, (index) => comeAndGo(`first ${index}`))
const before = descriptors()
const passing = 200
await inGroups(passing, (index) => comeAndGo(`passing ${index}`))
const left = await quiet(() => descriptors() - before)
const living = markers.filter((marker) => marked(marker).length > 0).length
bench.bar({ id: 'programs', what: `descriptors left by ${passing} that ended`, value: left, is: 'at most', limit: 0 })
bench.bar({ id: 'programs', what: `processes left by ${passing} that ended`, value: living, is: 'at most', limit: 0 })

async function comeAndGo(key: string): Promise<void> {
  const { marker } = await host.spawn(shell(key, 'echo up; exit 3'))
  markers.push(marker)
  while ((await host.get(key))?.exit === null) await sleep(5)
  await host.forget(key)
}

/** What a value is once it falls no more. */
async function quiet(value: () => number): Promise<number> {
  for (let last = value(); ; ) {
    await sleep(300)
    const now = value()
    if (now >= last) return Math.max(now, 0)
    last = now
  }
}

const sessions = bench.size(100, 40)
const start = inMemory()
await inGroups(sessions, async (index) => {
  const key = `session ${index}`
  await host.spawn(shell(key, `head -n 2000 ${text}; printf end; read -r`))
  while (!(await host.screen(key)).line.endsWith('end')) await sleep(20)
})
const each = Math.max(inMemory() - start, 0) / sessions
bench.bar({
  id: 'programs',
  what: `memory of each of ${sessions} terminals that printed 2,000 lines`,
  value: each,
  is: 'at most',
  limit: 8,
  unit: 'MB',
})
process.kill(pid, 'SIGTERM')
while (alive(identity)) await sleep(20)
await host.close()
const home = openHome()
const load = new Child(join(import.meta.dirname, 'http-load.ts'))
try {
  const server = await home.serve()
  const port = Number(new URL(server.url).port)
  const gigantic = bench.size(500_000_000, 200_000_000)
  let prompt: Promise<unknown> | null = null
  const other = (name: string): Variant => ({
    name,
    round: async () => ({ wall: (await posts(port, () => prompt)) * 1000 }),
  })
  // A prompt of its own in each round of the second variant, and none in the first.
  const quiet = other('nothing else')
  const loud = other(`beside a prompt that prints ${gigantic / 1e6} MB`)
  const others = await bench.race('p99 of a message to another session', 'us', quiet.name, [
    quiet,
    {
      name: loud.name,
      async round() {
        const printing = `yes 'a line of output' | head -c ${gigantic}`
        prompt = home.daybook(['start', 'bash', printing, '--server', server.url]).finally(() => {
          prompt = null
        })
        const sample = await loud.round()
        await prompt
        return sample
      },
    },
  ])
  const value = times(others, loud.name, quiet.name)
  bench.bar({ id: 'programs', what: `${others.title}, ${loud.name}`, value, is: 'at most', limit: 3 })
} finally {
  await load.end()
  await home.end()
}

/** Milliseconds: the median of the p99 of groups of messages, as many as there is time for while the prompt runs. */
async function posts(port: number, running: () => unknown): Promise<number> {
  const all: number[] = []
  for (let groups = 0; groups < 3 || running() !== null; groups += 1) {
    const asked: Load = { port, path: '/api/v1/sessions/other-{n}/messages', connections: 4, requests: 400 }
    all.push((await load.ask<LoadResult>(asked)).p99)
  }
  return median(all)
}

bench.remark(
  'The program is `cat` in a terminal of 120 columns; the clock runs from its first byte to its exit. Durable output is the spool of ' +
    'the process host; with a screen also the emulator, which the program waits for.',
)
bench.finish()
