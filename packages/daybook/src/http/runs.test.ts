// Runs over HTTP on each store: started, waited for, decided, queued, undone, and found from a text alone.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gate } from '../session/testing.fixture.ts'
import type { SkillDefinition } from '../work/skills/contract.ts'
import { skill } from '../work/testing.fixture.ts'
import { type Reply, storeNames, type TestServer, testServer, told } from './server.fixture.ts'

let letGo = gate()
const undone: unknown[] = []

const skills: readonly SkillDefinition[] = [
  skill('repeat/echo', (input) => `heard: ${input}`, {
    description: 'Repeats a text, an echo.',
    tags: ['repeat', 'echo'],
    input: { type: 'string' },
  }),
  skill('hold', async () => {
    await letGo.promise
    return 'held'
  }),
  skill('push', (input) => `pushed ${input}`, { risk: 'high', input: { type: 'string' } }),
  skill('ask', async (_input, { ask }) => ({ said: await ask('which branch?') }), { durable: true }),
  skill('who', (input, { caller }) => ({ input, caller: { ...caller } })),
  skill('mark', (input) => ({ marked: input }), { undo: async ({ output }) => void undone.push(output) }),
  skill('secret', () => 'told', { roles: ['admin'] }),
]

const keyed = (body: unknown, key: string) => ({ body, headers: { 'idempotency-key': key } })
const waited = (s: TestServer, body: object, id = 'a'): Promise<Reply> =>
  s.call(`POST /sessions/${id}/runs`, { ...body, wait: true })

for (const name of storeNames) {
  describe(`runs over HTTP on ${name}`, () => {
    it('start at once or wait for the end, in a session that need not be there', async () => {
      await using s = await testServer(name, { skills })
      const started = await s.call('POST /sessions/a/runs', { skill: 'repeat/echo', input: 'hi' })
      assert.deepEqual([started.status, started.json.session_id, started.json.steered], [202, 'a', false])
      assert.match(started.headers.etag ?? '', /^"\d+"$/)
      const run = await s.call(`GET /runs/${started.json.run_id}?wait=60000`)
      assert.deepEqual([run.status, run.json.status, run.json.output], [200, 'done', 'heard: hi'])
      assert.deepEqual([run.json.approvals, run.json.questions], [[], []])
      const second = await waited(s, { input: 'please echo this' })
      assert.deepEqual([second.status, second.json.skill, second.json.session_id], [200, 'repeat/echo', 'a'])
      assert.equal(told(await s.call('GET /runs/none')), '404 not_found')
      await s.call('DELETE /sessions/a')
      assert.equal(told(await s.call(`GET /runs/${started.json.run_id}`)), '404 not_found')
      assert.equal(told(await waited(s, { input: 'x' })), '409 trashed')
    })

    it('open a session as the call says, in one write with the run, and leave one that is there as it is', async () => {
      await using s = await testServer(name, { skills })
      const opens = { name: 'first', branch: 'main', metadata: { cwd: '/here' }, state: { n: 1 } }
      const { json } = await s.call('POST /sessions/a/runs', { skill: 'repeat/echo', input: 'hi', opens })
      assert.equal(json.seq, 2)
      const { json: session } = await s.call('GET /sessions/a')
      assert.deepEqual(
        [session.name, session.branch, session.metadata, session.state],
        ['first', 'main', { cwd: '/here' }, { n: 1 }],
      )
      const again = await waited(s, { skill: 'repeat/echo', input: 'again', opens: { name: 'second' } })
      assert.equal(again.json.status, 'done')
      assert.equal((await s.call('GET /sessions/a')).json.name, 'first')
      assert.equal(told(await s.call('POST /sessions/b/runs', { input: 'x', agent: 'nobody', opens })), '404 not_found')
      assert.equal(told(await s.call('POST /sessions/b/runs', { input: 'x', opens: { title: 'x' } })), '400 invalid')
      assert.equal(told(await s.call('GET /sessions/b')), '404 not_found')
    })

    it('are refused for unknown agents and skills, wrong roles and odd bodies, and nothing is written', async () => {
      await using s = await testServer(name, { skills })
      const tip = await s.tip()
      const start = async (body: unknown) => told(await s.call('POST /sessions/a/runs', { body }))
      assert.equal(await start({ input: 'x', agent: 'nobody' }), '404 not_found')
      assert.equal(await start({ input: 'x', skill: 'nothing' }), '404 not_found')
      assert.equal(await start({ input: 'x', skill: 'secret' }), '403 forbidden')
      assert.equal(await start({ input: { no: 'text' } }), '400 invalid')
      assert.equal(await start({ input: 'x', on_busy: 'wait' }), '400 invalid')
      assert.equal(await start({ input: 'x', wait_ms: 600_001 }), '400 invalid')
      assert.equal(await start({ input: 'x', caller: {} }), '400 invalid')
      assert.equal(await s.tip(), tip)
      assert.equal((await waited(s, { input: 'x', skill: 'secret', role: 'admin' })).json.output, 'told')
    })

    it('keep role and attributes beside the input, whatever the input is', async () => {
      await using s = await testServer(name, { skills })
      for (const input of [{ role: 'mine', attributes: [1] }, [1, 'two'], 5, null, 'text']) {
        const { json } = await waited(s, { skill: 'who', input, role: 'clerk', attributes: { desk: 3 } })
        assert.deepEqual(json.output, { input, caller: { role: 'clerk', attributes: { desk: 3 } } })
      }
    })

    it('answer with what there is when the time is over, or the server ends', async () => {
      letGo = gate()
      await using s = await testServer(name, { skills })
      const late = await s.call('POST /sessions/a/runs', { skill: 'hold', wait: true, wait_ms: 1 })
      assert.equal(late.status, 202)
      assert.ok(['queued', 'running'].includes(late.json.status))
      const polled = await s.call(`GET /runs/${late.json.run_id}?wait=1`)
      assert.deepEqual([polled.status, polled.json.finished_at], [200, null])
      const pending = s.call(`GET /runs/${late.json.run_id}?wait=600000`)
      await new Promise((resolve) => setImmediate(resolve))
      const closing = s.server.close()
      assert.ok([200, 503].includes((await pending).status))
      letGo.resolve()
      await closing
    })

    it('stand in a queue that is read, edited, moved, and left', async () => {
      letGo = gate()
      await using s = await testServer(name, { skills })
      const post = (body: object) => s.call('POST /sessions/a/runs', body)
      const first = (await post({ skill: 'hold' })).json.run_id
      const echo = { skill: 'repeat/echo' }
      const [b, c, d] = [
        (await post({ ...echo, input: 'b' })).json.run_id,
        (await post({ ...echo, input: 'c' })).json.run_id,
        (await post({ ...echo, input: 'd' })).json.run_id,
      ]
      assert.equal(told(await post({ ...echo, input: 'x', on_busy: 'reject' })), '409 busy')
      const queue = async () => (await s.call('GET /sessions/a/queue')).json.runs
      const [seen] = (await queue()).filter((one: { run_id: string }) => one.run_id === d)
      const changed = await s.call(`PATCH /runs/${d}`, { input: 'D', before: b, expect: seen.seq })
      assert.deepEqual([changed.status, changed.json.status, changed.json.input], [200, 'queued', 'D'])
      const stale = await s.call(`PATCH /runs/${d}`, { input: 'late', expect: seen.seq })
      assert.deepEqual([told(stale), stale.json.seq > seen.seq], ['409 conflict', true])
      assert.equal(told(await s.call(`PATCH /runs/${d}`, { expect: 1 })), '400 invalid')
      const gone = await s.call(`DELETE /runs/${b}`)
      assert.deepEqual([gone.json.status, gone.json.reason], ['cancelled', 'withdrawn'])
      assert.deepEqual(
        (await queue()).map((one: { input: string }) => one.input),
        ['D', 'c'],
      )
      letGo.resolve()
      const last = await s.call(`GET /runs/${c}?wait=60000`)
      assert.deepEqual([last.json.output, (await queue()).length], ['heard: c', 0])
      assert.equal(told(await s.call(`DELETE /runs/${c}`)), '409 invalid_state')
      assert.equal((await s.call(`GET /runs/${first}`)).json.output, 'held')
    })

    it('[S1.5] a text alone opens a session, is answered, and says which skill answered it and how surely', async () => {
      await using s = await testServer(name, { skills })
      const alone = await s.call('POST //run', { query: 'echo this please' })
      assert.equal(alone.status, 200, alone.text)
      const { session_id, run_id, status, output, skill_id, confidence, alternatives } = alone.json
      assert.deepEqual([status, skill_id, output], ['done', 'repeat/echo', 'heard: echo this please'])
      assert.ok(confidence > 0 && confidence <= 1 && Array.isArray(alternatives))
      assert.equal((await s.call(`GET /sessions/${session_id}`)).json.run_count, 1)
      assert.equal((await s.call(`GET /runs/${run_id}`)).json.session_id, session_id)
      const again = await s.call('POST /run', { input: 'echo that', session_id })
      assert.deepEqual([again.json.session_id, again.json.status], [session_id, 'done'])
      const history = (await s.call(`GET /sessions/${session_id}/history`)).json.messages
      assert.deepEqual(
        history.map((one: { content: string }) => one.content),
        ['echo this please', 'heard: echo this please', 'echo that', 'heard: echo that'],
      )
      const invented = await s.call('POST /run', { query: 'echo it', session_id: 'mine' })
      assert.equal(invented.json.session_id, 'mine')
      const nonsense = await s.call('POST /run', { query: 'zxqv wvut' })
      assert.deepEqual([nonsense.status, nonsense.json.status, nonsense.json.skill_id], [200, 'failed', null])
      assert.equal(nonsense.json.output, nonsense.json.error.message)
      for (const body of [{}, { query: 'a', input: 'b' }, { query: 5 }, { query: ' ' }]) {
        assert.equal(told(await s.call('POST /run', { body })), '400 invalid')
      }
    })

    it('say where a text would go without opening or running anything', async () => {
      await using s = await testServer(name, { skills })
      const tip = await s.tip()
      const { json } = await s.call('POST /run', { query: 'repeat this', execute: false })
      assert.deepEqual(
        [json.session_id, json.run_id, json.status, json.skill_id],
        [null, null, 'routed', 'repeat/echo'],
      )
      assert.ok(json.why.length > 0)
      const none = await s.call('POST /run', { query: 'zxqv wvut', execute: false })
      assert.deepEqual([none.json.status, none.json.skill_id, typeof none.json.output], ['failed', null, 'string'])
      const found = await s.call('GET /skills/route?text=repeat%20this')
      assert.deepEqual([found.json.skill, found.json.why.length > 0], ['repeat/echo', true])
      assert.equal(await s.tip(), tip)
    })

    it('wait for decisions and answers, which are listed over all sessions and count once', async () => {
      await using s = await testServer(name, { skills })
      const run = (await waited(s, { skill: 'push', input: 'main' })).json
      assert.deepEqual([run.status, run.reason], ['waiting', 'approval'])
      const asking = (await waited(s, { skill: 'ask' }, 'b')).json
      const { items, cursor } = (await s.call('GET /approvals')).json
      assert.deepEqual(items.map((one: { kind: string; session_id: string }) => [one.kind, one.session_id]).sort(), [
        ['approval', 'a'],
        ['question', 'b'],
      ])
      assert.equal(cursor, null)
      const item = items.find((one: { kind: string }) => one.kind === 'approval')
      const [approval] = run.approvals
      assert.deepEqual(
        [item.run_id, item.id, item.digest, item.until],
        [run.run_id, approval.approval_id, approval.digest, approval.until],
      )
      const line = `POST /runs/${run.run_id}/approvals/${item.id}`
      const decision = { decision: 'approved', digest: item.digest }
      assert.equal(told(await s.call(line, { ...decision, digest: 'other' })), '409 conflict')
      assert.equal(told(await s.call(line, { ...decision, decision: 'approve' })), '400 invalid')
      assert.equal(told(await s.call(`${line}x`, decision)), '404 not_found')
      const answers = await Promise.all([1, 2, 3].map(() => s.call(line, decision)))
      assert.deepEqual(answers.map(told).sort(), ['200', '409 invalid_state', '409 invalid_state'])
      const done = await s.call(`GET /runs/${run.run_id}?wait=60000`)
      assert.deepEqual([done.json.status, done.json.output], ['done', 'pushed main'])
      const [question] = asking.questions
      const answer = { answer: { branch: 'main' } }
      await s.call(`POST /runs/${asking.run_id}/questions/${question.question_id}`, answer)
      const said = await s.call(`GET /runs/${asking.run_id}?wait=60000`)
      assert.deepEqual(said.json.output, { said: { branch: 'main' } })
      assert.deepEqual((await s.call('GET /approvals')).json.items, [])
      const first = await s.call('POST /run', { query: 'push this', role: 'clerk' })
      assert.equal(first.json.approval?.status, 'open', first.text)
    })

    it('page what waits, so that each item comes once', async () => {
      await using s = await testServer(name, { skills })
      for (const id of ['a', 'b', 'c']) await waited(s, { skill: 'push', input: id }, id)
      const found: string[] = []
      let cursor: string | null = null
      do {
        const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page = (await s.call(`GET /approvals?limit=1${at}`)).json
        found.push(...page.items.map((one: { session_id: string }) => one.session_id))
        cursor = page.cursor
      } while (cursor !== null)
      assert.deepEqual(found.sort(), ['a', 'b', 'c'])
    })

    it('are cancelled and undone', async () => {
      undone.length = 0
      await using s = await testServer(name, { skills })
      const asking = (await waited(s, { skill: 'ask' })).json
      const cancelled = await s.call(`POST /runs/${asking.run_id}/cancel`)
      assert.deepEqual([cancelled.json.status, cancelled.json.reason], ['cancelled', 'user'])
      assert.equal(told(await s.call(`POST /runs/${asking.run_id}/cancel`)), '409 invalid_state')
      const marked = (await waited(s, { skill: 'mark', input: 1 })).json
      const undo = await s.call(`POST /runs/${marked.run_id}/undo`, keyed({}, 'u'))
      assert.equal(undo.status, 202)
      await s.call(`GET /runs/${undo.json.run_id}?wait=60000`)
      assert.deepEqual(undone, [{ marked: 1 }])
      const again = await s.call(`POST /runs/${marked.run_id}/undo`, keyed({}, 'u'))
      assert.deepEqual([again.status, again.json.run_id], [202, undo.json.run_id])
      assert.equal(told(await s.call(`POST /runs/${marked.run_id}/undo`, keyed({}, 'v'))), '409 invalid_state')
    })

    it('that nobody knows the outcome of are listed with their step, and resolved once', async () => {
      await using s = await testServer(name, { skills })
      // What a crash leaves behind, written by hand; nothing goes on with it here.
      await s.work.close()
      const engine = { actor: 'engine', writer: 'R' } as const
      const session = await s.sessions.within({ tenant: 'default', subjects: ['local'] }, engine).open({ id: 'a' })
      const run = { run_id: 'r' }
      const entries = [
        { kind: 'run.queued', run: 'r', data: { ...run, skill: 'who' } },
        { kind: 'run.started', run: 'r', data: run },
        { kind: 'step.started', run: 'r', data: { ...run, step: 'pay', name: 'pay' } },
        { kind: 'step.finished', run: 'r', data: { ...run, step: 'pay', unknown: true } },
        { kind: 'run.waiting', run: 'r', data: { ...run, reason: 'operator', summary: 'paid?' } },
      ] as const
      await session.append(entries, { refs: [{ type: 'run', value: 'r' }] })
      const [item] = (await s.call('GET /approvals')).json.items
      assert.deepEqual([item.kind, item.run_id, item.step_id, item.summary], ['blocked', 'r', 'pay', 'paid?'])
      const resolve = (body: object, key: string) => s.call('POST /runs/r/resolve', keyed(body, key))
      const body = { step_id: 'pay', resolution: 'done', reason: 'it is in the books', output: { paid: true } }
      assert.equal(told(await resolve({ ...body, step_id: 'other' }, 'a')), '404 not_found')
      assert.equal(told(await resolve({ ...body, resolution: 'skip' }, 'b')), '400 invalid')
      const done = await resolve(body, 'c')
      assert.deepEqual([done.status, done.json.steps[0].status], [200, 'done'])
      const again = await resolve(body, 'c')
      assert.deepEqual([again.status, again.headers['idempotent-replayed']], [200, 'true'])
      assert.equal(told(await resolve(body, 'd')), '409 invalid_state')
      assert.deepEqual((await s.call('GET /approvals')).json.items, [])
    })

    it('repeat nothing under the same key: the first receipt comes again [B2]', async () => {
      letGo = gate()
      await using s = await testServer(name, { skills })
      const held = (await s.call('POST /sessions/q/runs', { skill: 'hold' })).json.run_id
      const echo = { skill: 'repeat/echo', input: 'x' }
      const [queued, other] = [
        (await s.call('POST /sessions/q/runs', echo)).json.run_id,
        (await s.call('POST /sessions/q/runs', echo)).json.run_id,
      ]
      const push = (await waited(s, { skill: 'push', input: 'x' })).json
      const asks = (await waited(s, { skill: 'ask' }, 'b')).json
      const mark = (await waited(s, { skill: 'mark', input: 2 }, 'c')).json
      const writes: readonly [string, unknown][] = [
        ['POST /sessions/n/runs', { ...echo, wait: true }],
        ['POST /run', { query: 'echo this' }],
        ['POST /skills/repeat%2Fecho/run', { input: 'y', wait: true }],
        ['POST /agents/orchestrator/run', { input: 'echo that' }],
        [`PATCH /runs/${queued}`, { input: 'z', before: null }],
        [`DELETE /runs/${queued}`, undefined],
        [`POST /runs/${other}/cancel`, {}],
        [
          `POST /runs/${push.run_id}/approvals/${push.approvals[0].approval_id}`,
          { decision: 'denied', digest: push.approvals[0].digest },
        ],
        [`POST /runs/${asks.run_id}/questions/${asks.questions[0].question_id}`, { answer: 1 }],
        [`POST /runs/${mark.run_id}/undo`, {}],
      ]
      for (const [index, [line, body]] of writes.entries()) {
        const first = await s.call(line, keyed(body, `key ${index}`))
        assert.ok(first.status < 300, `${line}: ${told(first)}`)
        assert.equal(first.headers['idempotent-replayed'], undefined, line)
        const again = await s.call(line, keyed(body, `key ${index}`))
        assert.deepEqual([again.status, again.headers['idempotent-replayed']], [first.status, 'true'], line)
        assert.deepEqual(again.json.run_id, first.json.run_id, line)
        assert.deepEqual(again.json.session_id, first.json.session_id, line)
      }
      const changed = { body: { ...echo, input: 'other' }, headers: { 'idempotency-key': 'key 0' } }
      assert.equal(told(await s.call('POST /sessions/n/runs', changed)), '409 key_reused')
      letGo.resolve()
      await s.call(`GET /runs/${held}?wait=60000`)
    })
  })
}
