// What operators and tools ask of the server itself: health, readiness, figures, the OpenAPI document, the first page.

import { Type } from 'typebox'
import { Health, Ready } from '../../schema/wire-shapes.ts'
import { firstPage, pageHeaders } from '../page.ts'
import { type Route, route } from '../route.ts'

const health = route(
  {
    method: 'GET',
    path: '/health',
    at: 'root',
    operation: 'getHealth',
    tag: 'server',
    summary: 'Whether the server answers',
    answers: { 200: { description: 'It does.', schema: Health, example: { status: 'ok', version: '0.1.0' } } },
  },
  async ({ context }) => ({ body: JSON.stringify({ status: 'ok', version: context.version }) }),
)

const ready = route(
  {
    method: 'GET',
    path: '/ready',
    at: 'root',
    operation: 'getReady',
    tag: 'server',
    summary: 'Whether the store answers too',
    answers: {
      200: {
        description: 'It does.',
        schema: Ready,
        example: {
          status: 'ready',
          version: '0.1.0',
          store: { name: 'postgres', durable: 'power', shared: 'network' },
          peers: [{ url: 'http://127.0.0.1:8002', version: '0.1.0' }],
        },
      },
    },
    errors: ['unreachable', 'too_new', 'damaged'],
  },
  async ({ context: { store, version, peers } }) => {
    await store.tip()
    const { durable, shared } = store.supports
    const others = peers().map(({ url, version }) => ({ url, version }))
    return {
      body: JSON.stringify({ status: 'ready', version, store: { name: store.name, durable, shared }, peers: others }),
    }
  },
)

const metrics = route(
  {
    method: 'GET',
    path: '/metrics',
    at: 'root',
    operation: 'getServerMetrics',
    tag: 'server',
    summary: 'Figures of the server for Prometheus',
    answers: { 200: { description: 'Figures.', media: { 'text/plain': 'The text format of Prometheus.' } } },
  },
  async ({ context }) => ({ body: await context.meters.text(), type: context.meters.type }),
)

const openapi = route(
  {
    method: 'GET',
    path: '/openapi.json',
    at: 'root',
    operation: 'getOpenApi',
    tag: 'server',
    summary: 'This interface as an OpenAPI 3.1 document',
    answers: { 200: { description: 'The document.', schema: { type: 'object' } } },
  },
  async ({ context }) => ({ body: context.openApi() }),
)

/** What the page writes into its own address, such as filters. */
const ofThePage = Type.Object({}, { additionalProperties: true })

const home = route(
  {
    method: 'GET',
    path: '/',
    at: 'root',
    operation: 'getHome',
    tag: 'server',
    summary: 'The page, or a small one where it was not built',
    query: ofThePage,
    answers: { 200: { description: 'The page.', media: { 'text/html': 'The page.' } } },
  },
  async ({ context, request }) =>
    context.page?.index('/', request.headers['if-none-match']) ?? {
      body: await firstPage(context),
      type: 'text/html; charset=utf-8',
      headers: pageHeaders,
    },
)

export const operationRoutes: readonly Route[] = [health, ready, metrics, openapi, home]
