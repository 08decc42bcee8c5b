// Routes, OpenAPI document and reference pages say the same, and every example is what its shape allows.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { validate } from '@scalar/openapi-parser'
import { errorTable } from '../schema/errors.ts'
import { openApi } from './openapi.ts'
import { errorReference, httpReference } from './reference.ts'
import { routes } from './routes/all.ts'
import { testServer } from './server.fixture.ts'
import { shapes } from './shapes.fixture.ts'

const document = openApi(routes, { version: '0.0.0', prefix: '/api/v1' })
const page = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../../docs/reference', name), 'utf8')

interface Answer {
  readonly content?: Readonly<
    Record<
      string,
      {
        readonly schema?: object
        readonly example?: unknown
        readonly examples?: Readonly<Record<string, { value: unknown }>>
      }
    >
  >
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly requestBody?: Answer & { readonly required: boolean }
  readonly responses: Readonly<Record<string, Answer>>
}
const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ line: `${method.toUpperCase()} ${path}`, operation })),
)

test('the server runs exactly the routes of the document', async () => {
  await using s = await testServer()
  const served = await s.call('GET //openapi.json')
  assert.deepEqual(Object.keys(served.json.paths), Object.keys(paths))
  for (const { line } of operations) {
    const [method = '', path = ''] = line.split(' ')
    const url = path.replace(/\{(\w+)\}/g, ':$1')
    assert.ok(s.server.app.hasRoute({ method: method as 'GET', url }), line)
  }
  const known = operations.map(({ line }) => line.replace(/\{(\w+)\}/g, ':$1'))
  const running = [...s.server.routes].filter((line) => !line.startsWith('HEAD ') && line !== 'GET /docs/reference.js')
  assert.deepEqual(running.sort(), known.sort())
})

test('docs/reference/http.md is what the table of routes prints', () => {
  assert.equal(
    page('http.md'),
    httpReference(),
    'print it again: node packages/daybook/src/http/reference.ts http > docs/reference/http.md',
  )
})

test('docs/reference/errors.md and the document show every code of the error table', () => {
  assert.equal(
    page('errors.md'),
    errorReference(),
    'print it again: node packages/daybook/src/http/reference.ts errors > docs/reference/errors.md',
  )
  const { responses } = document.components as unknown as { responses: Readonly<Record<string, Answer>> }
  const shown = Object.values(responses).flatMap((answer) =>
    Object.entries(answer.content?.['application/problem+json']?.examples ?? {}).map(([code, { value }]) => {
      assert.equal((value as { status: number }).status, errorTable[code as keyof typeof errorTable].status)
      return code
    }),
  )
  assert.deepEqual(shown.sort(), Object.keys(errorTable).sort())
})

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await validate(structuredClone(document) as Record<string, unknown>)
  assert.deepEqual(errors ?? [], [])
  assert.ok(valid)
  assert.equal(document.openapi, '3.1.0')
})

test('every route has a summary, an answer with a shape, problems, and an example that fits each shape', () => {
  const { fits } = shapes(document)
  const ids = new Set<string>()
  for (const { line, operation } of operations) {
    assert.ok(operation.summary.length > 0 && !ids.has(operation.operationId), line)
    ids.add(operation.operationId)
    assert.ok(Object.keys(operation.responses).includes('400'), line)
    const good = Object.entries(operation.responses).filter(([status]) => /^[12]/.test(status))
    assert.ok(good.length > 0, line)
    for (const [status, answer] of [...good, ['body', operation.requestBody ?? {}] as const]) {
      for (const { schema, example } of Object.values(answer.content ?? {})) {
        if (example !== undefined && schema) assert.deepEqual(fits(schema, example), [], `${line} ${status}`)
      }
    }
    const json = good.flatMap(([, answer]) => answer.content?.['application/json'] ?? [])
    for (const { schema, example } of json) {
      const open = !('$ref' in (schema ?? {}))
      assert.ok(open || example !== undefined, `${line} has no example`)
    }
  }
})

test('components carry the names of the vocabulary', () => {
  const { schemas } = document.components as unknown as { schemas: object }
  for (const name of [
    'Session',
    'SessionList',
    'Entry',
    'EntryList',
    'Receipt',
    'History',
    'Run',
    'Problem',
    'FeedPage',
    'MessageData',
  ]) {
    assert.ok(name in schemas, name)
  }
  assert.doesNotMatch(Object.keys(schemas).join(), /def-\d/)
})

test('the docs page loads nothing from elsewhere', async () => {
  await using s = await testServer()
  const reply = await s.call('GET //docs', { headers: { accept: 'text/html' } })
  assert.equal(reply.status, 200)
  assert.doesNotMatch(reply.text, /https?:\/\/(?!localhost)/)
  const policy = reply.headers['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /https?:|'unsafe-eval'|script-src[^;]*'unsafe-inline'/)
  const script = /src="([^"]+)"/.exec(reply.text)?.[1] ?? ''
  assert.equal((await s.call(`GET /${script}`)).status, 200)
})

test('the first page shows sessions, escaped, without any script', async () => {
  await using s = await testServer()
  await s.call('POST /sessions', { session_id: 'a', name: '<img src=x onerror=alert(1)>"\'&' })
  const reply = await s.call('GET //', { headers: { accept: 'text/html' } })
  assert.match(reply.headers['content-type'] ?? '', /text\/html/)
  assert.match(reply.text, /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/)
  assert.doesNotMatch(reply.text, /<img|<script/)
  assert.doesNotMatch(reply.headers['content-security-policy'] ?? '', /script-src|unsafe/)
})

test('the first page says what other agents left, escaped, and goes without where looking fails', async () => {
  const codex = { agent: 'codex', title: 'Codex <b>', files: 2, bytes: 10, newest: 0, due: 1 }
  await using s = await testServer('memory', { around: async () => ({ programs: [], left: [codex], nothing: false }) })
  const { text } = await s.call('GET //', { headers: { accept: 'text/html' } })
  assert.match(text, /<p>2 files with sessions of other agents here: Codex &lt;b&gt; 2\.<\/p>/)
  assert.match(text, /<p>1 of them is due for deletion by Codex &lt;b&gt; within 3 days\.<\/p>/)
  await using failing = await testServer('memory', { around: () => Promise.reject(new Error('no disk')) })
  const page = await failing.call('GET //', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 200)
  assert.doesNotMatch(page.text, /other agents/)
})

test('health, readiness and figures answer', async () => {
  await using s = await testServer()
  assert.deepEqual((await s.call('GET //health')).json, { status: 'ok', version: '0.0.0' })
  assert.equal((await s.call('HEAD //health')).status, 200)
  assert.deepEqual((await s.call('GET //ready')).json.store, { name: 'memory', durable: 'none', shared: 'process' })
  const figures = await s.call('GET //metrics')
  assert.match(figures.text, /daybook_http_requests_total\{method="GET",route="\/health",status="200"\} 1/)
  assert.match(figures.text, /daybook_stream_followers 0/)
  assert.match(figures.text, /process_cpu_seconds_total/)
})
