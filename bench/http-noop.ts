// The floors under an HTTP append: the same framework and a schema in and out with nothing behind it, and node's server alone.
import { createServer } from 'node:http'
// biome-ignore lint/correctness/noUndeclaredDependencies: measured is the very framework that the product's package brings
import fastify from 'fastify'

const body = {
  type: 'object',
  required: ['role', 'content'],
  additionalProperties: false,
  properties: { role: { type: 'string', enum: ['user', 'assistant'] }, content: { type: 'string' } },
} as const

const entry = {
  type: 'object',
  properties: {
    seq: { type: 'integer' },
    kind: { type: 'string' },
    at: { type: 'string' },
    actor: { type: 'string' },
    data: body,
  },
} as const

/** Listens on a free loopback port and answers every message with an entry made up on the spot. Returns the port. */
export async function startNoop(): Promise<number> {
  const app = fastify({ logger: false })
  let seq = 0
  app.post<{ Body: unknown }>(
    '/api/v1/sessions/:id/messages',
    { schema: { body, response: { 201: entry } } },
    async (request, reply) => {
      seq += 1
      reply.code(201)
      return { seq, kind: 'message', at: new Date().toISOString(), actor: 'local', data: request.body }
    },
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** The same answer by node's own server, which reads the body as JSON and looks at nothing else. Returns the port. */
export async function startBare(): Promise<number> {
  let seq = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seq += 1
      const data: unknown = JSON.parse(Buffer.concat(chunks).toString())
      const text = JSON.stringify({ seq, kind: 'message', at: new Date().toISOString(), actor: 'local', data })
      const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
      response.writeHead(201, headers).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
