// Programs that open their own output anew, as `> /dev/stderr` does, and so cut the file that the host reads.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ProcessHost } from './contract.ts'
import { endHost, openClient, output, script, until } from './hosting.fixture.ts'

/** Where the script goes on only when the test says so. */
const waits = (name: string): string => `until [ -e "$1/${name}" ]; do sleep 0.01; done`
const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('')

/** Texts of both streams as a reader has them while it reads. */
function reading(host: ProcessHost, key: string): { out: string; err: string; gaps: number; done: Promise<void> } {
  const seen = { out: '', err: '', gaps: 0, done: Promise.resolve() }
  const at = { out: 0, err: 0 }
  seen.done = (async () => {
    for await (const event of host.follow(key, at, AbortSignal.timeout(60_000))) {
      if (event.type === 'exit') continue
      assert.equal(event.type === 'gap' ? event.from : event.offset, at[event.stream])
      if (event.type === 'gap') seen.gaps++
      else seen[event.stream] += Buffer.from(event.bytes).toString()
      at[event.stream] = event.type === 'gap' ? event.to : event.offset + event.bytes.length
    }
  })()
  return seen
}

test('a reader misses nothing of what it had before the program cut its output and nothing of what comes then, again and again', async (t) => {
  const { folder, host } = openClient(t)
  const text = `seq 1000 5000; seq 1000 3000 >&2; ${waits('a')}; echo first > /dev/stderr; echo more >&2; echo out
    ${waits('b')}; echo second > /dev/stdout; seq 1000 9000; echo third >&2; ${waits('c')}; echo x > /dev/stderr; seq 1000 2000 >&2`
  await host.spawn(script('a', text, { args: [folder] }))
  const seen = reading(host, 'a')
  const out = [numbers(1000, 5000), 'out\n', `second\n${numbers(1000, 9000)}`]
  const err = [numbers(1000, 3000), 'first\nmore\n', 'third\n', `x\n${numbers(1000, 2000)}`]
  await until(() => seen.out === out[0] && seen.err === err[0], 'the beginning')
  writeFileSync(join(folder, 'a'), '')
  await until(() => seen.out === out.slice(0, 2).join('') && seen.err === err.slice(0, 2).join(''), 'the first cut')
  writeFileSync(join(folder, 'b'), '')
  await until(() => seen.out === out.join('') && seen.err === err.slice(0, 3).join(''), 'the second cut')
  writeFileSync(join(folder, 'c'), '')
  await seen.done
  assert.deepEqual([seen.out, seen.err, seen.gaps], [out.join(''), err.join(''), 0])
  const again = await output(host, 'a')
  assert.deepEqual([again.out, again.err], [out[2], err[3]], 'what was cut is a gap for who comes later')
})

for (const [size, last] of [
  ['less', 1_100],
  ['more', 30_000],
] as const) {
  test(`what is cut while no host is there, and grows to ${size} than it was, has other offsets under the next one`, async (t) => {
    const { folder, host } = openClient(t)
    const text = `seq 1000 5000; seq 1000 5000 >&2; ${waits('a')}; echo x > /dev/stderr; seq 1000 ${last} >&2
      echo y > /dev/stdout; seq 1000 ${last}; : > "$1/done"; ${waits('b')}; echo z > /dev/stderr; echo end`
    await host.spawn(script('a', text, { args: [folder] }))
    const before = numbers(1000, 5000)
    const seen = reading(host, 'a')
    await until(() => seen.out === before && seen.err === before, 'the beginning')
    await endHost(folder, 'SIGKILL')
    writeFileSync(join(folder, 'a'), '')
    const both = [`y\n${numbers(1000, last)}`, `x\n${numbers(1000, last)}`] as const
    await until(() => seen.out === before + both[0] && seen.err === before + both[1], 'what came behind the cut')
    await endHost(folder, 'SIGKILL')
    writeFileSync(join(folder, 'b'), '')
    await seen.done
    assert.deepEqual([seen.out, seen.err], [`${before + both[0]}end\n`, `${before + both[1]}z\n`])
    assert.equal(seen.gaps, 0)
    const late = await output(host, 'a')
    assert.deepEqual([late.out, late.err], [`${both[0]}end\n`, 'z\n'])
  })
}

test('what was let go of a file is no part of what comes behind a cut, also under another host', async (t) => {
  const { folder, host } = openClient(t)
  const text = `seq 1000000 2999999; ${waits('a')}; echo x > /dev/stdout; seq 1000000 1999999; ${waits('b')}
    echo y > /dev/stdout; seq 2000000 4999999; ${waits('c')}`
  await host.spawn(script('a', text, { args: [folder], keep: { first: 100_000, last: 100_000 } }))
  const printed = async (bytes: number): Promise<void> =>
    until(async () => ((await host.get('a'))?.offset ?? 0) === bytes, `${bytes} bytes`)
  await printed(16_000_000)
  await endHost(folder, 'SIGKILL')
  writeFileSync(join(folder, 'a'), '')
  await printed(24_000_002)
  writeFileSync(join(folder, 'b'), '')
  // A cut of which the host sees only what came behind it: nobody knows how much was printed before.
  await until(async () => ((await host.get('a'))?.offset ?? 0) === 48_000_004, 'all')
  writeFileSync(join(folder, 'c'), '')
  const { events, exit } = await output(host, 'a')
  assert.equal(exit?.code, 0)
  const whole = `y\n${numbers(2_000_000, 4_999_999)}`
  const base = 24_000_002
  let told = 0
  for (const event of events) {
    if (event.type !== 'output') continue
    told += event.bytes.length
    const at = event.offset - base
    assert.ok(at >= 0 && whole.slice(at, at + event.bytes.length) === Buffer.from(event.bytes).toString(), `at ${at}`)
  }
  assert.ok(told >= 200_000 && told < 12_000_000, `${told} bytes`)
})
