// Makes calls from the OpenAPI document: most of them nearly right, so that they pass one check and fail at the next.

import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { anyCharacters } from '../cases.fixture.ts'
import type { JsonObject } from './openapi.ts'

interface Shape {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Shape[]
  readonly items?: Shape
  readonly maxItems?: number
  readonly minItems?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Shape
}

interface Described {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema?: Shape }>>
}

export interface Operation {
  readonly line: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Shape }[]
  readonly requestBody?: Described
  readonly responses: Readonly<Record<string, Described>>
}

export interface FuzzCall {
  /** Of the operation; the rest of it would drown what failed. */
  readonly line: string
  readonly request: InjectOptions
}

type Components = Readonly<Record<string, Shape>>
type Documented = Operation & { readonly components: Components }

export function operationsOf(document: JsonObject): Documented[] {
  const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>
  const components = (document.components as unknown as { schemas: Components }).schemas
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, line: `${method.toUpperCase()} ${path}`, components })),
  )
}

const ids = [
  'a',
  'old',
  'bin',
  'gone',
  'none',
  '@app',
  '@user:x',
  '..',
  '%2e',
  'x'.repeat(128),
  'x'.repeat(129),
  'a%2Fb',
  '%00',
  '%ff',
  'é',
]
const oddTexts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '😀',
  'привет',
  '__proto__',
  'null',
  '-1',
  '1e999',
  '../..',
  '<script>',
  'x'.repeat(300),
  "' OR 1=1 --",
]
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  '',
  '\u0000\ud83d',
  [],
  {},
  [[[]]],
  { a: { b: null } },
  { constructor: 1 },
]
const oddBodies = [
  '',
  'null',
  '[]',
  '{',
  '{"__proto__":{"x":1}}',
  '"text"',
  '1e400',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  '{"a":9007199254740993}',
  '\ufeff{}',
  '{"role":"user","content":"x","role":"user"}',
]
const oddHeaders = ['"0"', '"1"', '"2"', '"3"', '*', 'W/"1"', 'x', '"99999999999999999999"']

const oddText = fc.oneof(fc.constantFrom(...oddTexts), anyCharacters({ maxLength: 40 }))
const oddValue = fc.oneof(fc.constantFrom(...oddValues), fc.jsonValue({ maxDepth: 4 }))

/** Values that fit the shape, mostly. */
function anyOf(shape: Shape, components: Components, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: rightOf(shape, components, depth) }, { weight: 1, arbitrary: oddValue })
}

function rightOf(shape: Shape, components: Components, depth: number): fc.Arbitrary<unknown> {
  if (shape.$ref) return rightOf(components[shape.$ref.split('/').at(-1) ?? ''] ?? {}, components, depth)
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((part) => rightOf(part, components, depth)))
  if (shape.const !== undefined) return fc.constant(shape.const)
  if (shape.enum) return fc.constantFrom(...shape.enum)
  switch (shape.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.oneof(
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(shape.minimum ?? 0, Math.min(shape.maximum ?? 1e6, 1e6)),
      )
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 8 }), fc.double({ noNaN: true }))
    case 'string':
      return textOf(shape)
    case 'array':
      return fc.array(anyOf(shape.items ?? {}, components, depth + 1), {
        minLength: shape.minItems ?? 0,
        maxLength: 3,
      })
    case 'object':
      return objectOf(shape, components, depth)
    default:
      return oddValue
  }
}

function textOf(shape: Shape): fc.Arbitrary<string> {
  if (shape.format === 'date-time') return fc.constant('2026-03-02T08:44:00.000Z')
  const named = fc.constantFrom('a', 'message', 'note', 'run.finished', 'coder', 'x'.repeat(43), '')
  return fc.oneof(named, named, anyCharacters({ maxLength: 20 }), oddText)
}

function objectOf({ properties, required = [] }: Shape, components: Components, depth: number): fc.Arbitrary<unknown> {
  if (!properties || depth > 4) return fc.oneof(fc.constant({}), fc.dictionary(oddText, oddValue, { maxKeys: 3 }))
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, anyOf(part, components, depth + 1)]),
  )
  const right = fc.record(members, { requiredKeys: [...required] })
  const odd = fc
    .tuple(fc.record(members, { requiredKeys: [] }), oddText, oddValue)
    .map(([some, key, value]) => ({ ...some, [key]: value }))
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: odd })
}

/** What one way to read the entries body means, written out: it is worth more tries than chance would give it. */
const entryBodies = fc.constantFrom(
  { kind: 'message', data: { role: 'user', content: 'hi' } },
  [
    { kind: 'note', data: { type: 'idea', text: 'x' } },
    { kind: 'pin', data: { path: 'a', on: true } },
  ],
  { entries: [{ kind: 'state.changed', data: { scope: 'session', patch: { a: 1 } } }], expect: 3 },
  [{ kind: 'foreign.recorded', data: { source: 's', record: { deep: [null] } } }],
)

export function callArbitrary(operations: readonly Documented[]): fc.Arbitrary<FuzzCall> {
  return fc
    .constantFrom(...operations)
    .chain((operation) => requestOf(operation).map((request) => ({ line: operation.line, request })))
}

function requestOf(operation: Documented): fc.Arbitrary<InjectOptions> {
  const [method = '', path = ''] = operation.line.split(' ')
  const query = operation.parameters.filter((one) => one.in === 'query')
  const media = Object.entries(operation.requestBody?.content ?? {})
  const [type, described] = media[0] ?? []
  const bytes = type === 'application/octet-stream'
  const body =
    described?.schema && !bytes
      ? anyOf(described.schema, operation.components).map((value) => text(answered(value)))
      : fc.constant(undefined)
  const entries =
    path.endsWith('/entries') && method === 'POST' ? [{ weight: 4, arbitrary: entryBodies.map(text) }] : []
  return fc
    .record({
      names: fc.tuple(
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('a', 'old') },
          { weight: 2, arbitrary: fc.constantFrom(...ids) },
        ),
        fc.constantFrom('x'.repeat(43), '', 'é'),
        fc.oneof(fc.constantFrom('r', 'echo'), fc.constantFrom(...ids)),
        // A run that nothing performs would be followed for ever.
        path.endsWith('/stream') ? fc.constantFrom('nobody', '') : fc.constantFrom('orchestrator', 'nobody', ''),
      ),
      query: fc.record(
        Object.fromEntries(
          query.map((one) => [
            one.name,
            fc.oneof(
              { weight: 4, arbitrary: rightOf(one.schema, {}, 0).map(plain) },
              { weight: 1, arbitrary: oddText },
            ),
          ]),
        ),
        { requiredKeys: [] },
      ),
      body: fc.oneof({ weight: 8, arbitrary: body }, ...entries, {
        weight: 1,
        arbitrary: fc.constantFrom(undefined, ...oddBodies),
      }),
      key: fc.option(fc.constantFrom('k', 'key two', '', 'x'.repeat(300)), { freq: 3 }),
      match: fc.option(fc.constantFrom(...oddHeaders), { freq: 6 }),
      sent: fc.oneof(
        { weight: 9, arbitrary: fc.constant(type ?? 'application/json') },
        { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/json; charset=utf-16', '') },
      ),
      resumed: fc.option(fc.constantFrom('1', 'x', ''), { freq: 5 }),
    })
    .map((made) => ({
      method: method as 'GET',
      url: address(path, made.names, made.query),
      headers: {
        ...(made.body === undefined ? {} : { 'content-type': made.sent }),
        ...(made.key === null ? {} : { 'idempotency-key': made.key }),
        ...(made.match === null ? {} : { 'if-match': made.match }),
        ...(made.resumed === null ? {} : { 'last-event-id': made.resumed, range: 'bytes=0-1' }),
      },
      ...(made.body === undefined ? {} : { payload: made.body }),
    }))
}

/** Without the wish for a stream: its run is performed by nobody here, and it would never end. */
function answered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('stream' in value)) return value
  const { stream: _stream, ...rest } = value
  return rest
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

/** As it stands in a query; an object there is a mistake, whose members may even be called `toString`. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function address(
  path: string,
  [id, hash, other, agent]: readonly [string, string, string, string],
  query: Readonly<Record<string, string | undefined>>,
): string {
  const filled = path
    .replace('{session_id}', id)
    .replace('{hash}', encodeURIComponent(hash))
    .replace('{agent_id}', agent)
    .replace('{program}', agent)
    .replace(/\{\w+\}/g, other)
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent((value ?? '').toWellFormed())}`,
  )
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`
}
