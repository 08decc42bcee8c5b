// What prompts do to the work tree that they run in, as the log has it.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { dataOf } from '../../session/decode.ts'
import { until } from '../../session/testing.fixture.ts'
import { Machine } from './programs.fixture.ts'

const commit = 'git -c user.name=anna -c user.email=a@b.c -c commit.gpgsign=false'

test('a conflict that a prompt makes is told with its kind and its files, and so is its end', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const ask = async (input: string): Promise<void> => {
    const { run } = await machine.anna.start(session.id, { agent: 'bash', input })
    await machine.anna.settled(run, { until: 'end' })
  }
  const states = async () => {
    const entries = await session.stored({ kinds: ['branch.state_changed'] })
    return entries.map((entry) => {
      const { branch, kinds, files } = dataOf(entry, 'branch.state_changed') ?? {}
      return [branch, kinds, files]
    })
  }
  await ask('echo no repository')
  deepStrictEqual(await states(), [])
  await ask(`git init -q -b main && echo a > 'a é.txt' && git add . && ${commit} commit -qm one`)
  await ask(`git checkout -qb other && echo b > 'a é.txt' && ${commit} commit -qam two`)
  await ask(`git checkout -q main && echo c > 'a é.txt' && ${commit} commit -qam three`)
  await ask(`${commit} merge other`)
  await ask('git status')
  await ask('git merge --abort')
  deepStrictEqual(await states(), [
    ['main', [], []],
    ['other', [], []],
    ['main', [], []],
    ['main', ['merge'], [{ path: 'a é.txt', code: 'UU' }]],
    ['main', [], []],
  ])
})

test('what happens in the work tree is told while a prompt is at work', async (t) => {
  const machine = await Machine.open(t)
  const session = await machine.session()
  const input = 'git init -q -b slow; until test -e go; do sleep 0.05; done'
  const { run } = await machine.anna.start(session.id, { agent: 'bash', input })
  await until(async () => (await session.stored({ kinds: ['branch.state_changed'] })).length === 1)
  strictEqual((await machine.anna.get(run)).status, 'running')
  const { run: next } = await machine.anna.start(session.id, { agent: 'bash', input: 'true', onBusy: 'interrupt' })
  strictEqual((await machine.anna.settled(next, { until: 'end' })).status, 'done')
})
