// What processes leave behind that came and went, and what they are handed: no descriptor, no process, no memory.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { hostClient } from './client.ts'
import type { ProcessHost, ProcessMode } from './contract.ts'
import { folderFor, hostPid, openClient, openInline, output, script, until } from './hosting.fixture.ts'
import { marked } from './proc.ts'
import { placeOf, readRecord } from './record.ts'

const modes: readonly ProcessMode[] = ['files', 'pipes', 'pty']
const keep = { first: 0, last: 0 }

/** Descriptors, what the system watches for it, and children. */
function holds(pid: number) {
  const read = (path: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${path}`, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return '' // closed since the list was read
    }
  }
  const fds = readdirSync(`/proc/${pid}/fd`)
  const watched = fds.reduce((sum, fd) => sum + read(`fdinfo/${fd}`).split('inotify wd').length - 1, 0)
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => read(`task/${task}/children`).match(/\d+/g) ?? [])
  return { fds: fds.length, watched, children: children.length }
}

/** Bytes that nothing but what is still reachable takes in this process. */
function reachable(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round += 1) collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

async function comeAndGo(host: ProcessHost, mode: ProcessMode, count: number): Promise<string[]> {
  const one = async (index: number): Promise<string> => {
    const key = `${mode} ${index}`
    const more = mode === 'files' ? { mode, keep } : { mode }
    const { marker } = await host.spawn(script(key, 'echo up; echo bad >&2; exit 3', more))
    assert.equal((await output(host, key)).exit?.code, 3)
    await host.forget(key)
    return marker
  }
  const markers: string[] = []
  for (let at = 0; at < count; at += 8)
    markers.push(...(await Promise.all(Array.from({ length: Math.min(8, count - at) }, (_, index) => one(at + index)))))
  return markers
}

for (const [mode, count] of [
  ['files', 200],
  ['pipes', 100],
  ['pty', 100],
] as const) {
  test(`${count} processes that came and went leave nothing (${mode})`, async (t) => {
    const { folder, host } = openClient(t)
    await host.spawn(script('kept', 'read < <(sleep 60)'))
    await comeAndGo(host, mode, 16)
    const keeper = readRecord(placeOf(folder, 'kept'))?.keeper.pid ?? 0
    const pids = [await hostPid(folder), keeper]
    const before = pids.map(holds)
    const markers = await comeAndGo(host, mode, count)
    const asBefore = (now: ReturnType<typeof holds>, index: number): boolean =>
      (['fds', 'watched', 'children'] as const).every((what) => now[what] <= (before[index]?.[what] ?? 0))
    await until(() => pids.map(holds).every(asBefore), 'no more than was held before').catch((cause: unknown) => {
      assert.fail(`${String(cause)}: ${JSON.stringify([before, pids.map(holds)])}`)
    })
    assert.deepEqual(
      markers.filter((marker) => marked(marker).length > 0),
      [],
    )
    assert.deepEqual(
      (await host.list()).map(({ key }) => key),
      ['kept'],
    )
    await host.signal('kept', 'SIGKILL', 'tree')
  })
}

test('processes that came and went keep no memory, with terminals or without', async (t) => {
  const { host } = openInline(t)
  for (const mode of modes) await comeAndGo(host, mode, 8)
  const before = reachable()
  for (const mode of modes) await comeAndGo(host, mode, 40)
  const grown = reachable() - before
  // One terminal with its screen takes several hundred kilobytes.
  assert.ok(grown < 5e6, `${grown} bytes`)
})

test('in every mode a program has three descriptors, whatever server, shell, host and keeper hold open', async (t) => {
  const folder = folderFor(t)
  // A server in small, which a shell starts with a descriptor of its own, and which starts the host.
  const writer = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url))
  const args = [
    '-c',
    'exec 9</dev/null; exec "$@"',
    'server',
    process.execPath,
    writer,
    folder,
    'a',
    'exit 0',
    `${folder}/seen`,
  ]
  await once(spawn('/bin/bash', args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
  const host = hostClient({ folder })
  t.after(() => host.close())
  for (const mode of modes) await host.spawn(script(`living ${mode}`, 'echo up; read < <(sleep 60)', { mode }))
  for (const mode of modes) {
    await host.spawn({ ...script(mode, ''), mode, binary: '/bin/ls', args: ['/proc/self/fd'] })
    const { out, err } = await output(host, mode)
    assert.deepEqual(out.split(/\s+/), ['0', '1', '2', '3', ''], `${mode}: ${out}${err}`) // 3: that of the list itself
  }
  for (const mode of modes) await host.signal(`living ${mode}`, 'SIGKILL', 'tree')
})
