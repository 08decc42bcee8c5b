// What is read of the system's processes, against real ones: zombies, pids that came back, markers, and the lock built on them.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isDaybookError } from '../../schema/errors.ts'
import { markerName } from './contract.ts'
import { bash, folderFor, until } from './hosting.fixture.ts'
import { takeLock } from './lock.ts'
import { alive, identityOf, marked, signalNamed, signalTree, statOf } from './proc.ts'

const none = (): Promise<void> => Promise.resolve()

/** Its pid and what it printed first. */
async function started(t: TestContext, text: string, env = {}): Promise<{ pid: number; first: string }> {
  const child = spawn(bash, ['--norc', '-c', text], { stdio: ['pipe', 'pipe', 'inherit'], env })
  t.after(() => child.kill('SIGKILL'))
  const [data] = await once(child.stdout, 'data')
  return { pid: child.pid ?? 0, first: String(data).trim() }
}

test('a zombie is dead', async (t) => {
  const { first } = await started(t, 'sleep 0.2 & echo $!; exec sleep 60')
  await until(() => statOf(Number(first))?.state === 'Z', 'a zombie')
  assert.equal(alive(identityOf(Number(first))), false)
})

test('a pid is another process where start time or boot differ', async (t) => {
  const { pid } = await started(t, 'echo; exec sleep 60')
  const identity = identityOf(pid)
  assert.equal(alive(identity), true)
  assert.equal(alive({ ...identity, startTime: identity.startTime - 1 }), false)
  assert.equal(alive({ ...identity, boot: 'another' }), false)
  assert.equal(alive({ ...identity, pid: 0 }), false)
})

test('a name with brackets and spaces confuses nobody', async (t) => {
  const { pid } = await started(t, `printf ') R 1 (x' > /proc/$$/comm; echo; read`)
  const stat = statOf(pid)
  assert.ok(stat && 'SR'.includes(stat.state) && stat.startTime > 0)
  assert.equal(stat.group, statOf(process.pid)?.group)
})

test('the marker finds only those who bear all of it', async (t) => {
  const { pid } = await started(t, 'echo; exec sleep 60', { [markerName]: 'one-two' })
  await started(t, 'echo; exec sleep 60', { OTHER: 'one-two' })
  assert.deepEqual(marked('one-two'), [pid])
  assert.deepEqual(marked('one-two-three'), [])
})

test('a tree whose leader has ended is found by its marker alone', async (t) => {
  const { first, pid } = await started(t, 'sleep 60 & echo $!', { [markerName]: 'left-behind' })
  const leader = identityOf(pid)
  await until(() => !alive(leader), 'the end of the leader')
  await signalTree(leader, 'left-behind', 'SIGKILL')
  await until(() => !alive(identityOf(Number(first))), 'the end of the descendant')
})

test('signals are known by their names', () => {
  assert.equal(signalNamed('SIGTERM'), 'SIGTERM')
  for (const name of ['TERM', 'sigterm', '9', 'toString'])
    assert.throws(
      () => signalNamed(name),
      (error) => isDaybookError(error) && error.code === 'invalid',
    )
})

test('a lock is held by one while it lives, and taken over from the dead', (t) => {
  const folder = folderFor(t, none)
  const release = takeLock(folder)
  assert.ok(release)
  assert.equal(takeLock(folder), null)
  release()
  const again = takeLock(folder)
  assert.ok(again)
  again()
  writeFileSync(join(folder, 'lock.9'), JSON.stringify({ ...identityOf(process.pid), startTime: 1 }))
  assert.ok(takeLock(folder), 'the pid is somebody else by now')
  assert.deepEqual(readdirSync(folder), ['lock.10'])
})
