// A stream that tells much at once holds up nobody: what it told is taken in pieces, with turns for others between them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Live } from './live.ts'
import { openTransport } from './transport.ts'

test('much that is told at once is told in order and in pieces, and others have their turn between them', async () => {
  const count = 2_000
  const text = Array.from({ length: count }, (_, n) => `event: delta\ndata: {"session_id":"a","delta":{"n":${n}}}\n\n`)
  const told: unknown[] = []
  const turns: number[] = []
  const ended = Promise.withResolvers<void>()
  const live = new Live(
    openTransport({
      url: 'http://127.0.0.1:1',
      fetch: async () => new Response(text.join('')),
      wait: () => ended.promise,
    }),
    {
      cursor: () => '',
      tell(events) {
        const due = performance.now() + 1
        while (performance.now() < due);
        for (const event of events) {
          if (event.type === 'delta') told.push(event.delta.delta)
          if (event.type === 'lost') live.close()
        }
      },
    },
  )
  const turn = (): void => {
    turns.push(told.length)
    if (told.length < count) setImmediate(turn)
  }
  setImmediate(turn)
  const run = live.run()
  while (told.length < count) await new Promise((resolve) => setImmediate(resolve))
  ended.resolve()
  await run
  assert.deepEqual(
    told,
    Array.from({ length: count }, (_, n) => ({ n })),
  )
  const steps = turns.map((each, at) => each - (turns[at - 1] ?? 0))
  assert.ok(Math.max(...steps) <= count / 2, `${Math.max(...steps)} without a turn of others`)
})

test('a server that is away is asked again within half a second, however long it is away', async () => {
  const waits: number[] = []
  const live: Live = new Live(
    openTransport({
      url: 'http://127.0.0.1:1',
      fetch: () => Promise.reject(new TypeError('nobody listens')),
      wait: async (milliseconds) => {
        if (waits.push(milliseconds) === 20) live.close()
      },
    }),
    { cursor: () => '', tell: () => undefined },
  )
  await live.run()
  assert.ok(waits.length === 20 && Math.max(...waits) <= 500, waits.join())
})

test('a connection that falls silent right behind its greeting is given up as soon as the greeting says', async () => {
  const greeting = 'event: hello\ndata: {"server":"a","heartbeat_ms":20}\n\nevent: live\ndata: {}\n\n'
  const answer = (_url: unknown, { signal }: RequestInit = {}): Promise<Response> => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(greeting))
        signal?.addEventListener('abort', () => controller.error(signal.reason))
      },
    })
    return Promise.resolve(new Response(body))
  }
  const told: string[] = []
  const live = new Live(openTransport({ url: 'http://127.0.0.1:1', fetch: answer as typeof fetch }), {
    cursor: () => '',
    tell(events) {
      told.push(...events.map(({ type }) => type))
      if (told.includes('lost')) live.close()
    },
  })
  await live.run()
  assert.deepEqual(told, ['hello', 'live', 'lost'])
})
