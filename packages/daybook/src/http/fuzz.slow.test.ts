// Random calls made from the OpenAPI document: no 500, every answer of a documented shape, nothing written by a refused call.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../cases.fixture.ts'
import { skill } from '../work/testing.fixture.ts'
import { callArbitrary, type FuzzCall, type Operation, operationsOf } from './fuzz.fixture.ts'
import { type JsonObject, openApi } from './openapi.ts'
import { routes } from './routes/all.ts'
import { say, storeNames, type TestServer, testServer } from './server.fixture.ts'
import { type Shapes, shapes } from './shapes.fixture.ts'

const document: JsonObject = openApi(routes, { version: '0.0.0', prefix: '/api/v1' })
/** Batches of 50 calls: about five seconds on each store. The tenth part of them hits every route. */
const { numRuns: batches, seed } = cases(200)
const called = new Set<string>()

const elsewhere: Readonly<Record<number, Operation['responses'][string]>> = {
  404: { $ref: '#/components/responses/Problem404' },
  405: { $ref: '#/components/responses/Problem405' },
}

/** Sessions that calls can hit: one with content, one archived, one in the trash, one that is gone. */
async function furnish(s: TestServer): Promise<void> {
  for (const id of ['a', 'old', 'bin', 'gone']) await s.call(`POST /sessions/${id}/messages`, say('hello'))
  await s.call('POST /sessions/a/handoff', { to: 'coder' })
  await s.call('POST /sessions/old/archive')
  await s.call('DELETE /sessions/bin')
  await s.call('DELETE /sessions/gone?now=true')
  const mine = s.sessions.within({ tenant: 'default', subjects: ['local'] })
  await mine.session('a').addRun({ id: 'r', agent: 'coder' }, { refs: [{ type: 'run', value: 'r' }] })
}

async function check(
  s: TestServer,
  { fits }: Shapes,
  operation: Operation | undefined,
  { request }: FuzzCall,
): Promise<void> {
  const before = await s.tip()
  const answer = await s.server.app.inject(request)
  const status = answer.statusCode
  // An odd id can lead out of the route, to none or to another one.
  const described = operation?.responses[String(status)] ?? elsewhere[status]
  assert.ok(status < 500, `${status}: ${answer.payload.slice(0, 500)}`)
  if (status >= 400) assert.equal(await s.tip(), before, 'a refused call wrote')
  // Above its place in the address another route begins.
  if (String(request.url).includes('/..')) return
  assert.ok(described, `${status} is not documented: ${answer.payload.slice(0, 300)}`)
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  if (!type.endsWith('json')) return
  const schema = (described.$ref ? refOf(described.$ref) : described).content?.[type]?.schema
  assert.ok(schema, `${status} has no ${type}`)
  assert.deepEqual(fits(schema, JSON.parse(answer.payload)), [], answer.payload.slice(0, 500))
}

function refOf(ref: string): NonNullable<Operation['responses'][string]> {
  const { responses } = document.components as unknown as { responses: Operation['responses'] }
  const found = responses[ref.split('/').at(-1) ?? '']
  assert.ok(found, ref)
  return found
}

for (const name of storeNames) {
  test(`random calls find no unexpected answer on ${name} (batches: ${batches})`, async () => {
    // Runs are queued and nothing performs them: what a refused call wrote could not be told from their progress.
    await using s = await testServer(name, { longestWait: 5, skills: [skill('echo', (input) => input)] })
    await furnish(s)
    await s.work.close()
    const known = shapes(document)
    const operations = operationsOf(document)
    const byLine = new Map(operations.map((one) => [one.line, one]))
    for (let batch = 0; batch < batches; batch += 1) {
      await fc.assert(
        fc.asyncProperty(callArbitrary(operations), async (call) => {
          called.add(call.line)
          await check(s, known, byLine.get(call.line), call)
        }),
        { numRuns: 50, seed: seed + batch },
      )
    }
  })
}

test('every route was called', () => {
  const lines = operationsOf(document).map(({ line }) => line)
  assert.deepEqual(
    lines.filter((line) => !called.has(line)),
    [],
  )
})
