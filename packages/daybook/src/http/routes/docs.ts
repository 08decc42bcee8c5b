// The page to read and try the interface at: a bundle of the server's own, loaded when somebody opens it.

import type { FastifyInstance } from 'fastify'
import { hashSource, pageHeadersFor } from '../html.ts'
import { type Route, route } from '../route.ts'

const bundlePath = '/docs/reference.js'

interface Docs {
  readonly page: string
  readonly bundle: string
  readonly headers: Readonly<Record<string, string>>
}

let loading: Promise<Docs> | undefined

/** The bundle is 4 MB of text that a server rarely needs: read at the first visit, then kept. */
async function load(): Promise<Docs> {
  const [{ fastify }, { default: reference }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ])
  const app = fastify()
  await app.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      cdn: bundlePath,
      pageTitle: 'daybook',
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
  const [page, bundle] = await Promise.all([app.inject('/docs/'), app.inject('/docs/js/scalar.js')])
  await app.close()
  const scripts = [...page.payload.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    (match) => match[1] ?? '',
  )
  const policy = [
    `script-src 'self' ${scripts.map(hashSource).join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
  ]
  return { page: page.payload, bundle: bundle.payload, headers: pageHeadersFor(policy.join('; ')) }
}

function docs(): Promise<Docs> {
  loading ??= load().catch((error) => {
    loading = undefined
    throw error
  })
  return loading
}

export const docsRoute: Route = route(
  {
    method: 'GET',
    path: '/docs',
    at: 'root',
    operation: 'getDocs',
    tag: 'server',
    summary: 'A page to read and try this interface',
    answers: { 200: { description: 'The page.', media: { 'text/html': 'The page.' } } },
  },
  async () => {
    const { page, headers } = await docs()
    return { body: page, type: 'text/html; charset=utf-8', headers }
  },
)

/** The script of the docs page; a file, not a part of the interface. */
export function serveBundle(app: FastifyInstance): void {
  app.get(bundlePath, async (_request, reply) => {
    const { bundle } = await docs()
    reply.header('content-type', 'text/javascript; charset=utf-8')
    reply.header('cache-control', 'private, max-age=86400')
    return bundle
  })
}
