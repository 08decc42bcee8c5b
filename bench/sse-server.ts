// The server of the stream bench, a process of its own: sse-server.ts product|each <store folder>
import { createServer, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { message } from './message.ts'

/** One event went out. Milliseconds: `queueing` from the first write to the last, `turn` until the loop was free again. */
export interface Told {
  readonly queueing: number
  readonly turn: number
  readonly writes: number
}

export interface Memory {
  readonly heap: number
  readonly rss: number
}

const [what, dir] = process.argv.slice(2)
const spent = { first: 0, last: 0, writes: 0, wanted: 0 }

type Write = (this: unknown, chunk: unknown, encoding?: unknown, done?: unknown) => boolean

/** An event begins with its id; frames of chunks, heads and other calls do not. */
function isEvent(chunk: unknown): boolean {
  return typeof chunk === 'string' ? chunk.startsWith('id: ') : (chunk as Uint8Array)[0] === 0x69
}

/**
 * Notes when the first and the last event are handed over, and does nothing in between. The product hands to connections,
 * the habit to responses, which pass it on later in the turn: each is watched where its loop writes.
 */
function watchWrites(writer: { write: unknown }): void {
  const write = writer.write as Write
  const watched: Write = function (chunk, encoding, done) {
    const event = isEvent(chunk)
    if (event && spent.writes === 0) spent.first = performance.now()
    const more = write.call(this, chunk, encoding, done)
    if (!event) return more
    spent.writes += 1
    if (spent.writes === spent.wanted) spent.last = performance.now()
    return more
  }
  writer.write = watched
}

/** The habit measured against: every subscriber gets the event serialised for itself. */
async function startEach(): Promise<{ port: number; tell(i: number): void }> {
  const subscribers = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('retry: 1000\n\n')
    subscribers.add(response)
    request.once('close', () => subscribers.delete(response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const hash = 'A'.repeat(43)
  return {
    port: address.port,
    tell(i) {
      const entry = {
        seq: i,
        kind: 'message',
        v: 1,
        at: new Date(),
        actor: 'user:local',
        data: message(i),
        data_hash: hash,
        hash,
      }
      for (const subscriber of subscribers) subscriber.write(`id: ${i}\ndata: ${JSON.stringify(entry)}\n\n`)
    },
  }
}

async function startProduct(): Promise<{ port: number; tell(i: number): void }> {
  const { startServer } = await import('./daybook-server.ts')
  const { port } = await startServer({ dir: dir ?? '.' })
  const post = (i: number) =>
    fetch(`http://127.0.0.1:${port}/api/v1/sessions/followed/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message(i)),
    })
  await post(0)
  return {
    port,
    tell(i) {
      post(i).then(
        (answer) => answer.arrayBuffer(),
        () => process.exit(1),
      )
    },
  }
}

/** Resolves with what the event cost once `count` writes were made and the loop has come round. */
async function told(count: number, tell: () => void): Promise<Told> {
  spent.writes = 0
  spent.wanted = count
  tell()
  while (spent.writes < count) await new Promise((next) => setImmediate(next))
  const { first, last, writes } = spent
  await new Promise((next) => setImmediate(next))
  return { queueing: last - first, turn: performance.now() - first, writes }
}

const server = what === 'each' ? await startEach() : await startProduct()
watchWrites(what === 'each' ? ServerResponse.prototype : Socket.prototype)
process.once('disconnect', () => process.exit(0))
process.on('message', async (question: { tell?: number; count?: number }) => {
  if (question.tell !== undefined) {
    const i = question.tell
    process.send?.(await told(question.count ?? 1, () => server.tell(i)))
    return
  }
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ heap: heapUsed, rss } satisfies Memory)
})
process.send?.({ port: server.port })
