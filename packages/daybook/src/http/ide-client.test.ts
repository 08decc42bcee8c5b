// The published IDE client works unmodified: its models read every answer, and its paths lead where it expects.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { faults } from './ide-client.fixture.ts'
import { say, storeNames, testServer } from './server.fixture.ts'

for (const name of storeNames) {
  describe(`the IDE client against ${name}`, () => {
    it('starts anew on 404, opens by its own id, and reads its history back [S2.1] [S2.2] [S2.6]', async () => {
      await using s = await testServer(name)
      const id = `session_${1_772_441_100_000}`
      const emulator = { headers: { host: '10.0.2.2:8001' } }
      assert.equal((await s.call(`GET /sessions/${id}/history`, emulator)).status, 404)
      await s.call(`POST /sessions/${id}/messages`, say('You are a helpful assistant', 'system'))
      await s.call(`POST /sessions/${id}/messages`, { ...say('Hello, how are you?'), name: 'Anna' })
      await s.call(`POST /agents/${id}/switch`, { target_agent: 'coder', reason: 'User requested coding task' })
      const { status, json } = await s.call(`GET /sessions/${id}/history`, emulator)
      assert.equal(status, 200)
      assert.deepEqual(faults('SessionHistory', json), [])
      assert.deepEqual(Object.keys(json).sort(), [
        'agent_history',
        'context',
        'current_agent',
        'last_activity',
        'message_count',
        'messages',
        'session_id',
      ])
      assert.deepEqual(
        json.messages.map((each: { role: string; content: string; name?: string }) => [
          each.role,
          each.content,
          each.name,
        ]),
        [
          ['system', 'You are a helpful assistant', undefined],
          ['user', 'Hello, how are you?', 'Anna'],
        ],
      )
      const [change] = json.agent_history
      assert.deepEqual(
        { ...change, timestamp: '' },
        { from: 'orchestrator', to: 'coder', reason: 'User requested coding task', timestamp: '' },
      )
      assert.match(change.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.equal(json.current_agent, 'coder')
    })

    it('lists sessions and reads an empty one [S2.3]', async () => {
      await using s = await testServer(name)
      assert.deepEqual(faults('SessionListResponse', (await s.call('GET /sessions')).json), [])
      await s.call('POST /sessions', { session_id: 'empty' })
      await s.call('POST /sessions/full/messages', say('hi'))
      const list = (await s.call('GET /sessions')).json
      assert.deepEqual(faults('SessionListResponse', list), [])
      assert.equal(list.total, 2)
      assert.deepEqual(faults('SessionHistory', (await s.call('GET /sessions/empty/history')).json), [])
    })

    it('reads the current agent, its history and counts [S2.4] [S2.5]', async () => {
      await using s = await testServer(name)
      await s.call('POST /sessions/a/messages', say('hi'))
      for (const target_agent of ['coder', 'debug']) await s.call('POST /agents/a/switch', { target_agent })
      const { json } = await s.call('GET /agents/a/current')
      assert.deepEqual(Object.keys(json).sort(), ['agent_history', 'current_agent', 'session_id', 'switch_count'])
      assert.deepEqual([json.current_agent, json.switch_count], ['debug', 2])
      assert.deepEqual(
        json.agent_history.flatMap((each: object) => faults('AgentSwitch', each)),
        [],
      )
      assert.equal(json.agent_history[1].reason, '')
      const agents = (await s.call('GET /sessions/a/agents')).json
      assert.deepEqual([agents.switch_count, agents.last_switch_at], [2, json.agent_history[1].timestamp])
      assert.deepEqual([agents.context_metadata, typeof agents.created_at], [{}, 'string'])
      assert.equal((await s.call('GET /agents/none/current')).status, 404)
    })
  })
}

describe('the rules of the models', () => {
  it('find what the client could not read', () => {
    assert.deepEqual(faults('ChatMessage', { role: 'user', content: null }), ['ChatMessage.content is missing'])
    assert.deepEqual(faults('SessionInfo', { session_id: 1, message_count: 1.5, last_activity: 'x' }), [
      'SessionInfo.session_id is no String',
      'SessionInfo.message_count is no int',
    ])
  })
})
