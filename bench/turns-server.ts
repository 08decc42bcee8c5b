// The servers of the stream part of the bench on turns, a process of its own: turns-server.ts product|bare <stub url> <folder>

import { join } from 'node:path'
// biome-ignore lint/correctness/noUndeclaredDependencies: measured is the very framework that the product's package brings
import fastify from 'fastify'
import { startServer } from '../packages/daybook/src/serving.ts'

const [what, stub = '', dir = ''] = process.argv.slice(2)

async function product(): Promise<string> {
  const { url } = await startServer({
    ...{ port: 0, host: '127.0.0.1', store: `sqlite:${join(dir, 'daybook.db')}` },
    models: { model: 'lab/stub', providers: { lab: { base_url: stub, key: 'LAB' } }, key: () => 'a key of the bench' },
  })
  return url
}

/** What somebody would write by hand: each piece of the provider's stream is passed on as it comes, and nothing is kept. */
async function bare(): Promise<string> {
  const server = fastify()
  server.post('/stream', async (request, reply) => {
    const asked = {
      model: 'stub',
      stream: true,
      messages: [{ role: 'user', content: (request.body as { input: string }).input }],
    }
    const answer = await fetch(`${stub}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    let rest = ''
    const decoder = new TextDecoder()
    for await (const bytes of answer.body ?? []) {
      rest += decoder.decode(bytes as Uint8Array, { stream: true })
      const lines = rest.split('\n\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === 'data: [DONE]') continue
        const told = JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] }
        const text = told.choices[0]?.delta.content
        if (text) reply.raw.write(`event: delta\ndata: ${JSON.stringify({ text })}\n\n`)
      }
    }
    reply.raw.end()
  })
  return server.listen({ port: 0, host: '127.0.0.1' })
}

process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ heap: process.memoryUsage().heapUsed })
})
process.send?.({ url: what === 'product' ? await product() : await bare() })
