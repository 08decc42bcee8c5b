// The wire of the host as others see it: who may connect, what unknown and broken requests are answered with, long paths.

import assert from 'node:assert/strict'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { hostClient } from './client.ts'
import { endHost, folderFor, openClient, output, said, script } from './hosting.fixture.ts'

test('socket, folder and spools are for their user alone', async (t) => {
  const { folder, host } = openClient(t)
  await host.spawn(script('a', 'echo x'))
  await output(host, 'a')
  const mode = (...path: string[]): number => statSync(join(folder, ...path)).mode & 0o777
  assert.deepEqual([mode(), mode('host.sock'), mode('processes'), mode('host.log')], [0o700, 0o600, 0o700, 0o600])
})

test('an unknown operation, and a line that is no request, are answered, and the connection goes on', async (t) => {
  const { folder, host } = openClient(t)
  await host.list()
  const code = async (line: string): Promise<unknown> => ((await said(folder, line)).error as { code?: string }).code
  assert.equal(await code('{"id":1,"op":"levitate"}'), 'invalid')
  assert.equal(await code('{"id":1,"op":"constructor"}'), 'invalid')
  assert.equal(await code('no json'), 'invalid')
  assert.equal(await code('{"op":"list"}'), 'invalid')
  assert.equal(await code('{"id":1,"op":"follow","key":"none","from":{"out":0,"err":0}}'), 'not_found')
  assert.equal(await code('{"id":1,"op":"follow","key":"none","from":{"out":-1,"err":0}}'), 'invalid')
  const line = '{"id":1,"op":"levitate"}\n{"id":2,"op":"hello","protocol":99}'
  assert.equal((await said(folder, line)).id, 1)
  assert.deepEqual((await said(folder, '{"id":2,"op":"hello","protocol":99,"more":true}')).id, 2)
})

test('a state folder may have a path that is longer than the address of a socket', async (t) => {
  const folder = join(
    folderFor(t, () => endHost(folder)),
    'd'.repeat(120),
  )
  mkdirSync(folder)
  const host = hostClient({ folder })
  await host.spawn(script('a', 'exit 6'))
  assert.equal((await output(host, 'a')).exit?.code, 6)
  await host.close()
})
