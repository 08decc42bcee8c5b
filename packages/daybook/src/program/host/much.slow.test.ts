// A process that prints half a gigabyte into its own file: what is left on the disk meanwhile, and whose bytes are told.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { HostEvent, ProcessHost } from './contract.ts'
import { endHost, hostPid, openClient, script, until } from './hosting.fixture.ts'
import { placeOf } from './record.ts'

const keep = { first: 1 << 20, last: 4 << 20 }
const most = 64 << 20

/** Lines of nine bytes, so that what belongs at an offset is known: 500 MB of them in steps, with a breath in between. */
const lines = 55_500_000
const perStep = 500_000
const begin = 10_000_000
const counting = (count: number): string =>
  `for ((i = ${begin}; i < ${begin + count * perStep}; i += ${perStep})); do seq $i $((i + ${perStep - 1})); sleep 0.01; done`
const steps = lines / perStep

/** Bytes that the files of a process take on the disk. */
function taken(folder: string): number {
  const place = placeOf(folder, 'a')
  return readdirSync(place).reduce(
    (sum, name) => sum + (statSync(join(place, name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  )
}

type Gap = Extract<HostEvent, { type: 'gap' }>

interface Checked {
  readonly gaps: readonly Gap[]
  readonly end: number
  readonly told: number
}

const nothing = async (): Promise<void> => undefined

/** Every byte that is told is the one that belongs there; gives where the gaps are. */
async function checked(host: ProcessHost, read: (out: number) => Promise<void> = nothing): Promise<Checked> {
  const gaps: Gap[] = []
  let [end, told] = [0, 0]
  for await (const event of host.follow('a', { out: 0, err: 0 }, AbortSignal.timeout(120_000))) {
    if (event.type === 'gap') {
      assert.equal(event.from, end)
      gaps.push(event)
      end = event.to
    } else if (event.type === 'output') {
      assert.equal(event.offset, end)
      const bytes = Buffer.from(event.bytes)
      const line = Math.floor(end / 9)
      const count = Math.ceil(bytes.length / 9) + 1
      const expected = Array.from({ length: count }, (_, index) => `${begin + line + index}\n`).join('')
      assert.ok(expected.startsWith(bytes.toString(), end - line * 9), `at ${end}`)
      end += bytes.length
      told += bytes.length
      await read(end)
    }
  }
  return { gaps, end, told }
}

/** The most that it took while it lived. */
async function peakOf(folder: string, host: ProcessHost): Promise<number> {
  let peak = 0
  await until(async () => {
    peak = Math.max(peak, taken(folder))
    return (await host.get('a'))?.exit !== null
  }, 'the exit')
  return peak
}

/** The most memory that a process ever had, in bytes. */
const memory = (pid: number): number =>
  Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

test('of 500 MB that nobody reads beginning and end are kept, and the disk holds little more meanwhile', async (t) => {
  const { folder, host } = openClient(t)
  await host.spawn(script('a', counting(steps), { keep }))
  const peak = await peakOf(folder, host)
  assert.ok(peak < most, `${peak} bytes at most`)
  await until(() => taken(folder) < 16 << 20, 'the room behind the end')
  const { gaps, end, told } = await checked(host)
  assert.equal(end, lines * 9)
  const [gap] = gaps
  assert.ok(gaps.length === 1 && gap?.from === keep.first && end - gap.to >= keep.last, JSON.stringify(gaps))
  assert.ok(told < 16 << 20)
})

test('a host that is killed meanwhile leaves no wrong byte, and the next one goes on letting go', async (t) => {
  const { folder, host } = openClient(t)
  await host.spawn(script('a', counting(steps), { keep }))
  for (const size of [100e6, 200e6, 300e6]) {
    await until(async () => ((await host.get('a'))?.offset ?? 0) > size, `${size} bytes`)
    await endHost(folder, 'SIGKILL')
  }
  const [{ gaps, end }, peak] = await Promise.all([checked(host), peakOf(folder, host)])
  assert.equal(end, lines * 9)
  assert.ok(gaps.length > 0 && gaps[0]?.from === keep.first)
  assert.ok(peak < 4 * most, `${peak} bytes at most, those that came while no host was there among them`)
  await until(() => taken(folder) < 16 << 20, 'the room behind the end')
})

test('what a reader acknowledges is let go while the process lives, and nothing else: no byte is missing', async (t) => {
  const { folder, host } = openClient(t)
  await host.spawn(script('a', `${counting(20)}; read < <(sleep 60)`))
  const acknowledged = checked(host, async (out) => host.acknowledge('a', { out, err: 0 }))
  const size = 20 * perStep * 9
  await until(async () => ((await host.get('a'))?.kept ?? 0) > size - (8 << 20), 'the room')
  assert.equal((await host.get('a'))?.offset, size)
  assert.ok(taken(folder) < 16 << 20)
  await host.signal('a', 'SIGKILL', 'tree')
  const { gaps, end } = await acknowledged
  assert.deepEqual([gaps, end], [[], size])
  const { kept = 0 } = (await host.get('a')) ?? {}
  const again = await checked(host)
  assert.deepEqual([again.end, again.told], [size, size - kept])
})

test('the host needs no more than twice the memory for 500 MB that are read than for 5 MB', async (t) => {
  const used: number[] = []
  for (const count of [1, steps]) {
    const { folder, host } = openClient(t)
    await host.spawn(script('a', counting(count), { keep }))
    for await (const event of host.follow('a', { out: 0, err: 0 }, AbortSignal.timeout(120_000)))
      if (event.type === 'exit') assert.equal(event.exit.code, 0)
    used.push(memory(await hostPid(folder)))
  }
  const [little = 0, much = 0] = used
  assert.ok(little > 0 && much <= 2 * little, `${much} bytes against ${little}`)
})
