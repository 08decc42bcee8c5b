// A whole turn at a real terminal: handed from the orchestrator to the coder, a call that a second terminal approves, a server
// that is killed in mid stream, and curl, which follows all of it.

import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { type MockAnswer, mockKeys, startMock } from '../../model/mock.fixture.ts'
import type { BudgetShape } from '../../schema/wire-budgets.ts'
import { until } from '../../session/testing.fixture.ts'
import { type Home, openHome } from '../bin.fixture.ts'
import { Person } from './person.fixture.ts'

const numbers = Array.from({ length: 60 }, (_, at) => `<${at + 1}>`)

const answers: readonly MockAnswer[] = [
  {
    match: { systemMessage: 'You decide who takes a request' },
    response: { content: JSON.stringify({ agent: 'agent:coder', reason: 'it changes a file', confidence: 0.9 }) },
  },
  {
    match: { systemMessage: 'You are coder.', hasToolResult: true },
    response: { content: `${numbers.join(' ')} that is all` },
    chunkSize: 5,
    latency: 40,
  },
  {
    match: { systemMessage: 'You are coder.' },
    response: {
      content: 'I count the lines.',
      toolCalls: [{ name: 'command__run', arguments: '{"command":"wc -l < notes.txt >> counted.txt"}', id: 'call_1' }],
    },
  },
]

/** Follows a session with the real curl, from the last id on whenever it ended. */
class Curl {
  readonly ids: number[] = []
  readonly kinds: string[] = []
  #child: ChildProcessByStdio<null, Readable, null> | null = null
  #text = ''

  follow(url: string): void {
    const args = ['-sN', '-H', 'accept: text/event-stream', '-H', `last-event-id: ${this.ids.at(-1) ?? 0}`, url]
    const child = spawn('curl', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#child = child
    this.#text = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text))
  }

  /** Resolves when the connection has ended by itself. */
  async ended(): Promise<void> {
    if (this.#child?.exitCode === null) await once(this.#child, 'close')
  }

  stop(): void {
    this.#child?.kill()
  }

  #take(text: string): void {
    const events = (this.#text + text).split('\n\n')
    this.#text = events.pop() ?? ''
    for (const event of events) {
      const id = /^id: (\d+)$/m.exec(event)?.[1]
      const data = /^data: (.*)$/m.exec(event)?.[1]
      if (id === undefined || data === undefined) continue
      this.ids.push(Number(id))
      this.kinds.push((JSON.parse(data) as { kind: string }).kind)
    }
  }
}

test('a turn is handed over, approved from elsewhere, outlives its server, and curl sees all of it once', async (t) => {
  await using mock = await startMock(answers)
  const home = openHome()
  t.after(() => home.end())
  writeFileSync(home.path('here', 'notes.txt'), 'one\ntwo\n')
  const config = { model: 'openai/mock', providers: mock.providers, budgets: { agent: { tokens: 1_000_000 } } }
  writeFileSync(home.path('here', 'daybook.json'), JSON.stringify(config))
  let server = await home.serve([], { env: mockKeys })
  const curl = new Curl()
  t.after(() => curl.stop())

  const person = new Person(t, home, ['start', 'orchestrator'])
  await person.sees(/a new session/)
  person.type('count the lines of notes.txt\r')
  await person.sees(/approve\? \[y\/n\/show\]/)
  const tail = /\n([a-z0-9]{4,})\n/.exec(await person.text())?.[1] ?? ''
  const { sessions } = (await (await fetch(`${server.url}/api/v1/sessions?tail=${tail}`)).json()) as {
    sessions: readonly { session_id: string }[]
  }
  const path = `/api/v1/sessions/${sessions[0]?.session_id}/entries`
  curl.follow(`${server.url}${path}`)
  assert.equal((await home.daybook(['approve', tail, '--yes'])).exit, 0)
  await person.sees(/<8>/)

  const { port } = new URL(server.url)
  server.process.kill('SIGKILL')
  await Promise.all([server.ended, curl.ended()])
  // The call that nobody ends any more is told by its dead holder's name: all that was put aside for it counts, nothing stays so.
  const gone = await budgetOf(home)
  assert.deepEqual(gone.reserved, { tokens: 0, cost: 0 })
  server = await home.serve(['--port', port], { env: mockKeys })
  curl.follow(`${server.url}${path}`)
  const all = await person.sees(/that\s+is all/)
  assert.deepEqual(
    [...all.matchAll(/<(\d+)>/g)].map(([found]) => found),
    numbers,
  )
  await until(() => curl.kinds.at(-1) === 'run.finished')
  assert.deepEqual(
    curl.ids,
    curl.ids.map((_, index) => index + 1),
  )
  for (const kind of ['handoff', 'approval.requested', 'approval.decided']) assert.ok(curl.kinds.includes(kind), kind)
  assert.equal(readFileSync(home.path('here', 'counted.txt'), 'utf8').trim(), '2')
  await person.leaves()
  const { out } = await home.daybook(['show', tail, '--cost', '--json'])
  const { by_agent } = (JSON.parse(out) as { metrics: { by_agent: Record<string, { tokens: number }> } }).metrics
  const { tokens, reserved } = await budgetOf(home)
  assert.deepEqual(reserved, { tokens: 0, cost: 0 })
  const lost = gone.tokens + (by_agent.coder?.tokens ?? 0) - tokens
  assert.ok(
    lost > 0 && lost < gone.tokens,
    `${gone.tokens} when it was killed, ${tokens} in the end, ${JSON.stringify(by_agent)}`,
  )
})

async function budgetOf(home: Home) {
  const { out, err } = await home.daybook(['budget', 'list', '--agent', 'coder', '--json'])
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BudgetShape)
  return lines.find(({ scope }) => scope === 'agent') ?? assert.fail(out + err)
}
