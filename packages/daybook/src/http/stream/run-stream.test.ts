// Streams of runs over real sockets on each store: followed by several, resumed, left, and ended with the run.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { gate } from '../../session/testing.fixture.ts'
import type { SkillDefinition } from '../../work/skills/contract.ts'
import { skill } from '../../work/testing.fixture.ts'
import { prefix, storeNames, testServer, told } from '../server.fixture.ts'
import { type Event, Reader } from './stream.fixture.ts'

let letGo = gate()
let begun = gate()

const skills: readonly SkillDefinition[] = [
  skill(
    'talk',
    async (_input, { delta, step }) => {
      await step('a', () => 'a')
      delta('half an ')
      begun.resolve()
      await step('b', () => letGo.promise.then(() => 'b'))
      delta('answer')
      return 'an answer'
    },
    { durable: true },
  ),
  skill('push', (input) => `pushed ${input}`, { risk: 'high', input: { type: 'string' } }),
]

async function listening(name: (typeof storeNames)[number]) {
  letGo = gate()
  begun = gate()
  const s = await testServer(name, { skills, heartbeat: 50 })
  return {
    s,
    url: await s.server.listen({ port: 0, host: '127.0.0.1' }),
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  }
}

const pathOf = (run: string): string => `${prefix}/runs/${run}/stream`
const endOf = (events: readonly Event[]) => JSON.parse(events.find(({ name }) => name === 'end')?.data ?? 'null')

/** The whole answer of a POST, over a socket. */
function posted(url: string, path: string, body: object, onText: (text: string) => void = () => {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${prefix}${path}`, { method: 'POST' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => {
        text += part
        onText(text)
      })
      answer.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.setHeader('content-type', 'application/json')
    asked.end(JSON.stringify(body))
  })
}

for (const name of storeNames) {
  describe(`streams of runs on ${name}`, () => {
    it('give two readers the same entries, and the run at the end; who leaves cancels nothing', async () => {
      await using at = await listening(name)
      const { run_id } = (await at.s.call('POST /sessions/a/runs', { skill: 'talk' })).json
      const [one, two, three] = [1, 2, 3].map(() => new Reader(at.url, pathOf(run_id)))
      assert.ok(one && two && three)
      await begun.promise
      await Promise.all([one, two, three].map((reader) => reader.until(() => reader.ids.length >= 3)))
      one.leave()
      await one.ended()
      // Others of the session are not of the run.
      await at.s.call('POST /sessions/a/messages', { role: 'user', content: 'beside it' })
      letGo.resolve()
      await Promise.all([two.ended(), three.ended()])
      assert.deepEqual(two.ids, three.ids)
      const log = (await at.s.call('GET /sessions/a/entries?limit=1000')).json.entries
      const own = log.filter((entry: { run_id?: string }) => entry.run_id === run_id)
      assert.deepEqual(
        two.ids,
        own.map(({ seq }: { seq: number }) => `${seq}`),
      )
      assert.deepEqual([endOf(two.events).status, endOf(two.events).output], ['done', 'an answer'])
      const deltas = two.events.filter((event) => event.name === 'delta')
      assert.ok(deltas.every((event) => event.id === undefined))
      assert.ok(deltas.some((event) => JSON.parse(event.data ?? '').text === 'answer'))
      assert.equal((await at.s.call(`GET /runs/${run_id}`)).json.status, 'done')
    })

    it('resume by Last-Event-ID and miss nothing, wherever they broke', async () => {
      await using at = await listening(name)
      letGo.resolve()
      const { run_id } = (await at.s.call('POST /sessions/a/runs', { skill: 'talk', wait: true })).json
      const whole = new Reader(at.url, pathOf(run_id))
      await whole.ended()
      for (const [index, id] of whole.ids.entries()) {
        const rest = new Reader(at.url, pathOf(run_id), { 'last-event-id': id })
        await rest.ended()
        assert.deepEqual(rest.ids, whole.ids.slice(index + 1))
        assert.equal(endOf(rest.events).status, 'done')
      }
      const ask = (headers: Record<string, string>, query = '') =>
        at.s.call(`GET /runs/${run_id}/stream${query}`, { headers: { accept: 'text/event-stream', ...headers } })
      assert.equal(told(await ask({ 'last-event-id': 'x' })), '400 invalid')
      assert.equal(told(await ask({ 'last-event-id': '9999' })), '400 invalid')
      assert.equal(told(await ask({}, '?after=9999')), '400 invalid')
      assert.equal(told(await at.s.call('GET /runs/none/stream')), '404 not_found')
    })

    it('end where the run waits for somebody, and go on behind it once it was decided', async () => {
      await using at = await listening(name)
      const { run_id } = (await at.s.call('POST /sessions/a/runs', { skill: 'push', input: 'x' })).json
      const first = new Reader(at.url, pathOf(run_id))
      await first.ended()
      const waiting = endOf(first.events)
      assert.deepEqual([waiting.status, waiting.reason], ['waiting', 'approval'])
      const [{ approval_id, digest }] = waiting.approvals
      await at.s.call(`POST /runs/${run_id}/approvals/${approval_id}`, { decision: 'approved', digest })
      const second = new Reader(at.url, pathOf(run_id), { 'last-event-id': first.ids.at(-1) ?? '' })
      await second.ended()
      assert.equal(endOf(second.events).output, 'pushed x')
      const log = (await at.s.call('GET /sessions/a/entries?limit=1000')).json.entries
      assert.deepEqual(
        [...first.ids, ...second.ids],
        log.flatMap((entry: { run_id?: string; seq: number }) => (entry.run_id === run_id ? [`${entry.seq}`] : [])),
      )
    })

    it('come with the start of a run too, and leaving them cancels nothing', async () => {
      await using at = await listening(name)
      letGo.resolve()
      const ways: readonly [string, object][] = [
        ['/sessions/n/runs', { skill: 'talk', stream: true }],
        ['/skills/talk/run', { stream: true }],
        ['/agents/orchestrator/run/stream', { input: 'zxqv wvut' }],
      ]
      for (const [path, body] of ways) {
        const text = await posted(at.url, path, body)
        assert.match(text, /^retry: \d+\n\n/)
        assert.match(text, /"kind":"run\.queued"/)
        assert.match(text, /event: end\ndata: \{"run_id"/)
        if (path.includes('talk') || path.includes('/n/')) assert.match(text, /event: delta\ndata: .*half an /)
      }
      assert.equal(told(await at.s.call('POST /agents/nobody/run/stream', { input: 'x' })), '404 not_found')
      letGo = gate()
      const left = new AbortController()
      const asked = fetch(`${at.url}${prefix}/sessions/left/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ skill: 'talk' }),
        signal: left.signal,
      })
      await (await asked).body?.getReader().read()
      left.abort()
      letGo.resolve()
      const [run] = (await at.s.call('GET /sessions/left/runs')).json.runs
      assert.equal((await at.s.call(`GET /runs/${run.run_id}?wait=60000`)).json.status, 'done')
    })

    it('end with the server; the run goes on', async () => {
      await using at = await listening(name)
      const { run_id } = (await at.s.call('POST /sessions/a/runs', { skill: 'talk' })).json
      const reader = new Reader(at.url, pathOf(run_id))
      await begun.promise
      await reader.until(() => reader.ids.length > 0)
      await at.s.server.close()
      await reader.ended()
      assert.equal(reader.events.at(-1)?.comment, 'the server is ending')
      letGo.resolve()
      const mine = at.s.work.within({ tenant: 'default', subjects: ['local'] })
      assert.equal((await mine.settled(run_id)).status, 'done')
    })
  })
}
