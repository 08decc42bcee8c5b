// Two servers on one store, and what becomes of the prompts of a program when the one that has it is killed.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { endHost, folderFor } from '../../program/host/hosting.fixture.ts'
import type { RunId } from '../../schema/ids.ts'
import { until } from '../../session/testing.fixture.ts'
import { hostIn, openServer } from './server.fixture.ts'

const program = new URL('server.fixture.ts', import.meta.url).pathname

test('a prompt given to one server waits for the program that another has, and both are done once when that one is killed', async (t) => {
  const folder = folderFor(t, (one) => endHost(hostIn(one)))
  mkdirSync(join(folder, 'work'))
  writeFileSync(join(folder, 'programs.json'), JSON.stringify({ workdirs: ['work'] }))
  const done = (): string => readFileSync(join(folder, 'work', 'done'), 'utf8')
  const input = 'echo one >> done; echo begun; until test -e go; do sleep 0.02; done; echo first'
  const other = spawn(process.execPath, [program, folder, input], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => other.kill('SIGKILL'))
  const first = String((await once(other.stdout, 'data'))[0]) as RunId
  await using server = await openServer(folder)
  await until(async () => (await server.session.read({ kinds: ['process.output'] })).length > 0)
  const { run: second } = await server.prompt('echo two >> done; echo second')
  // It has looked many times before it goes on, while the other one lives.
  await server.settled(second, { timeoutMs: 500 })
  const { runs } = await server.session.view('runs')
  deepStrictEqual([runs.map(({ status }) => status), done()], [['running', 'queued'], 'one\n'])
  other.kill('SIGKILL')
  await once(other, 'exit')
  writeFileSync(join(folder, 'work', 'go'), '')
  const answers = [await server.settled(first, { until: 'end' }), await server.settled(second, { until: 'end' })]
  deepStrictEqual(
    answers.map(({ status, output }) => [status, (output as { text?: string } | undefined)?.text]),
    [
      ['done', 'begun\nfirst'],
      ['done', 'second'],
    ],
  )
  strictEqual(done(), 'one\ntwo\n')
  const { processes } = await server.session.view('processes')
  deepStrictEqual(
    processes.map(({ exitCode }) => exitCode),
    [0, 0],
  )
})
