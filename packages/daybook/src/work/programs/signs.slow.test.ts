// Signs of a program at work, seen by one server after the other.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../session/testing.fixture.ts'
import { Machine } from './programs.fixture.ts'

/** Until the test says that it is enough. */
const loop = 'i=0; until test -e go; do i=$((i+1)); printf "\\rWorking (%ss" "$i"; sleep 0.4; done'
const text = `printf '\\033]7501;state=idle\\007'; while read -r line; do
  printf '\\033]7501;state=working\\007'; ${loop}; printf '\\rdone with %s\\n\\033]7501;state=idle\\007' "$line"; done`
const pty = {
  argv: ['--norc', '--noprofile', '-c', text],
  busy: { osc7501: 'working' },
  idle: { osc7501: 'idle' },
  tick_regex: 'Working \\((\\d+)s',
}

test('a prompt whose program another server saw at work is told to its end', async (t) => {
  const machine = await Machine.open(t, { programs: { own: { bin: '/bin/bash', drivers: ['pty'], pty } } })
  const session = await machine.session()
  const { run } = await machine.anna.start(session.id, { agent: 'own', input: 'this' })
  await until(async () => (await session.read({ kinds: ['process.activity_changed'] })).length > 0)
  const [{ key } = { key: '' }] = await machine.host.list()
  await until(async () => (await machine.host.look(key)).text.includes('Working (3s'))
  await machine.work.close()
  await machine.sessions.close()
  await machine.start()
  const told = async () => (await machine.handle(session.id).read({ kinds: ['process.activity_changed'] })).length
  await until(async () => (await told()) === 2)
  writeFileSync(join(machine.workdir, 'go'), '')
  const state = await machine.anna.settled(run, { until: 'end' })
  strictEqual(state.status, 'done', JSON.stringify(state.error))
  const signs = await machine.handle(session.id).read({ kinds: ['process.activity_changed'] })
  const active = signs.map(({ data }) => (data as unknown as { active: boolean }).active)
  deepStrictEqual(active, [true, true, false])
  deepStrictEqual(machine.errors, [])
})
