// A session as it was, and what is told of one that was deleted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { say, storeNames, testServer, told } from './server.fixture.ts'

for (const name of storeNames) {
  test(`a session is read as it was at an entry, and never as it was at none (${name})`, async () => {
    await using s = await testServer(name, {
      skills: [{ id: 'push', name: 'push', description: 'Pushes.', risk: 'high', run: () => 'pushed' }],
    })
    await s.call('POST /sessions/one/messages', say('first'))
    const { json: run } = await s.call('POST /sessions/one/runs', { skill: 'push', input: 'main' })
    await s.call(`GET /runs/${run.run_id}?wait=60000`)
    const { json: now } = await s.call('GET /sessions/one')
    assert.deepEqual([now.status, now.attention?.kind], ['waiting', 'approval'])
    const { status, headers, json: then } = await s.call('GET /sessions/one?until=2')
    assert.deepEqual(
      [status, then.seq, then.status, then.attention, then.message_count],
      [200, 2, 'idle', undefined, 1],
    )
    assert.equal(headers.etag, '"2"')
    for (const wrong of [`until=${now.seq + 1}`, 'until=0', 'until=2&include=runs']) {
      assert.equal(told(await s.call(`GET /sessions/one?${wrong}`)), '400 invalid', wrong)
    }
  })

  test(`of a deleted session it is told when it was, and by whom (${name})`, async () => {
    await using s = await testServer(name)
    await s.call('POST /sessions/one/messages', say('first'))
    const before = Date.now()
    await s.call('DELETE /sessions/one?now=true')
    const gone = await s.call('GET /sessions/one')
    assert.equal(gone.json.code, 'gone')
    assert.equal(gone.json.deleted.by, 'user:local')
    assert.ok(Math.abs(Date.parse(gone.json.deleted.at) - before) < 60_000)
  })
}
