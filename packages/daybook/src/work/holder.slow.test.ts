// What is told of holders by their names, against real processes: killed, standing still, zombies, in namespaces of their own.

import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { statOf } from '../program/host/proc.ts'
import { until } from '../session/testing.fixture.ts'
import { hasEnded, holderName, neighbours } from './holder.ts'

const own = new URL('holder.ts', import.meta.url).pathname
const skip = neighbours() === null && 'this system does not say what names of holders are made of'

interface Named {
  readonly child: ChildProcess
  readonly name: string
  /** As the process says. */
  readonly beginning: string | null
}

/** A process that makes a name and stays; `how` goes before it. */
async function named(t: TestContext, how: readonly string[] = []): Promise<Named> {
  const text = `const { holderName, neighbours } = await import(${JSON.stringify(own)})
    console.log(JSON.stringify([holderName(), neighbours()])); process.stdin.resume()`
  const [command = '', ...args] = [...how, process.execPath, '--input-type=module', '-e', text]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const [name, beginning] = JSON.parse(String(line)) as [string, string | null]
  return { child, name, beginning }
}

const pidIn = (name: string): number => Number(name.split('.')[1])

test('a name is given once, and who made it has not ended', () => {
  const names = [holderName(), holderName()]
  assert.equal(new Set(names).size, 2)
  assert.deepEqual(names.map(hasEnded), [false, false])
  assert.equal(hasEnded(`${names[0]}.7`), false)
})

test('a killed process has ended, one that stands still has not', { skip }, async (t) => {
  const { child, name } = await named(t)
  assert.equal(hasEnded(name), false)
  child.kill('SIGSTOP')
  await until(() => statOf(pidIn(name))?.state === 'T')
  assert.equal(hasEnded(name), false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(hasEnded(name), true)
  assert.equal(hasEnded(`${name}.7`), true)
})

test('a process that was killed and that nobody collects has ended', { skip }, async (t) => {
  const { name } = await named(t, ['bash', '-c', '"$@" <&0 & exec sleep 60', 'bash'])
  assert.equal(hasEnded(name), false)
  process.kill(pidIn(name), 'SIGKILL')
  // Its first thread may be gone before the others are.
  await until(() => hasEnded(name))
  assert.equal(statOf(pidIn(name))?.state, 'Z', 'it is still there')
})

test('who has the pid of a holder now is not the holder', { skip }, () => {
  const [beginning = '', pid, startTime, end] = holderName().split('.')
  assert.equal(hasEnded([beginning, pid, startTime, end].join('.')), false)
  assert.equal(hasEnded([beginning, pid, Number(startTime) - 1, end].join('.')), true)
})

test('of holders elsewhere, and of names of another kind, nothing is known', async (t) => {
  const { child, name } = await named(t)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const [, ...rest] = name.split('.')
  const elsewhere = [['x'.repeat(22), ...rest].join('.'), `${'x'.repeat(36)}.1`, 'somebody', '', '.1.1.']
  for (const other of elsewhere) assert.equal(hasEnded(other), false, other)
})

const inNamespace = ['unshare', '--user', '--map-root-user', '--fork', '--kill-child'] as const

/** Why this system makes no namespaces for who runs the test; false where it does. */
function refusal(): string | false {
  try {
    execFileSync('unshare', [...inNamespace.slice(1), '--pid', '--time', '--mount-proc', 'true'], { stdio: 'pipe' })
    return false
  } catch (error) {
    return `no namespaces here: ${String((error as { stderr?: Buffer }).stderr ?? error)}`
  }
}

test('a process in a namespace of its own is nobody’s neighbour', { skip: skip || refusal() }, async (t) => {
  const ways = [
    ['--pid', '--mount-proc'],
    ['--time', '--boottime', '1000'],
    ['--pid', '--time', '--mount-proc'],
  ]
  const beginnings = [neighbours()]
  for (const way of ways) {
    const { name, beginning } = await named(t, [...inNamespace, ...way])
    beginnings.push(beginning)
    assert.equal(hasEnded(name), false)
    assert.ok(beginning !== null && name.startsWith(beginning))
  }
  assert.equal(new Set(beginnings).size, beginnings.length)
})

test('where /proc shows the pids of a namespace around, nothing is decided', { skip: skip || refusal() }, async (t) => {
  const { child, name, beginning } = await named(t, [...inNamespace, '--pid'])
  assert.equal(beginning, null)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(hasEnded(name), false)
})
