// What the framework is extended by: compressed answers, WebSockets where a route is one, other origins where some are allowed.

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Bytes of one frame of a client. */
const longestFrame = 1 << 20
/** Milliseconds that clients get to say goodbye when the server ends. */
const partingMs = 1000
/** The protocol that is spoken; a second one that is offered may carry the key of the user, for pages can send no header. */
const protocol = 'daybook.attach'

/** Every other request to upgrade is answered as if it asked for nothing. */
export function upgrades({ headers, url = '' }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && /\/attach(?:\?|$)/.test(url)
}

/** What a page shows in place of an Authorization header: one of the protocols that it offers. */
export function offeredKey(protocols: string | undefined): string | undefined {
  return protocols
    ?.split(',')
    .map((name) => name.trim())
    .find((name) => name.startsWith('bearer.'))
    ?.slice('bearer.'.length)
}

/** @param origins that may read and write */
export async function addPlugins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await addSockets(app)
  const { default: compress } = await import('@fastify/compress')
  await app.register(compress, {
    global: true,
    threshold: 2048,
    encodings: ['gzip', 'deflate'],
    zlibOptions: { level: 4 },
  })
  if (origins.length === 0) return
  const { default: cors } = await import('@fastify/cors')
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['etag', 'idempotent-replayed', 'retry-after'],
  })
}

async function addSockets(app: FastifyInstance): Promise<void> {
  const { default: websocket } = await import('@fastify/websocket')
  await app.register(websocket, {
    options: { maxPayload: longestFrame, handleProtocols: (offered) => (offered.has(protocol) ? protocol : false) },
    preClose(done) {
      const { clients } = this.websocketServer
      for (const client of clients) client.close(1001, 'shutting_down')
      // Otherwise a client that is gone would be waited for.
      setTimeout(() => {
        for (const client of clients) client.terminate()
      }, partingMs).unref()
      this.websocketServer.close()
      done()
    },
  })
}
