// The OpenAPI 3.1 document, made from the same table of routes and the same shapes that run.

import { dataSchemas } from '../schema/data.generated.ts'
import type { ErrorCode } from '../schema/errors.ts'
import { DaybookError, errorTable } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'
import { Problem } from '../schema/wire-shapes.ts'
import { problemOf } from './problems.ts'
import { namesOf, parameters } from './register.ts'
import { type AnswerSpec, errorsOf, pathsOf, type Route, type RouteSpec, tags } from './route.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }
interface Shape {
  readonly [name: string]: unknown
  readonly title?: unknown
  readonly description?: unknown
  readonly type?: unknown
}

/** Every shape with a title becomes a component of that name; everywhere else a reference stands. */
class Components {
  readonly schemas: Record<string, Json> = {}

  of(shape: unknown): Json {
    if (Array.isArray(shape)) return shape.map((part) => this.of(part))
    if (typeof shape !== 'object' || shape === null) return shape as Json
    const { title } = shape as Shape
    if (typeof title !== 'string') return this.#inside(shape as Shape)
    if (!Object.hasOwn(this.schemas, title)) {
      this.schemas[title] = {}
      const { title: _title, ...rest } = shape as Shape
      this.schemas[title] = this.#inside(rest)
    }
    return { $ref: `#/components/schemas/${title}` }
  }

  #inside(shape: Shape): JsonObject {
    return Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, this.#part(name, part)]))
  }

  #part(name: string, part: unknown): Json {
    // Names of properties are data: a property called title is not a title.
    if (name === 'properties')
      return Object.fromEntries(Object.entries(part as Shape).map(([key, one]) => [key, this.of(one)]))
    return this.of(part)
  }
}

export interface ApiInfo {
  readonly version: string
  readonly prefix: string
}

export function openApi(routes: readonly Route[], { version, prefix }: ApiInfo): JsonObject {
  const components = new Components()
  const paths: Record<string, Record<string, Json>> = {}
  for (const { spec } of routes) {
    for (const [index, path] of pathsOf(spec, prefix).entries()) {
      paths[path] ??= {}
      paths[path][spec.method.toLowerCase()] = operationOf(spec, components, index > 0)
    }
  }
  // Data of the kinds, named in words only: an entry's data depends on its kind.
  for (const [kind, shape] of Object.entries(dataSchemas)) components.of({ ...shape, title: dataName(kind) })
  components.of(Problem)
  return {
    openapi: '3.1.0',
    info: {
      title: 'daybook',
      version,
      description: 'One append-only log per session: write to it, read it, follow it live, resume it from any number.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tags.filter((name) => routes.some(({ spec }) => spec.tag === name)).map((name) => ({ name })),
    paths,
    components: { schemas: components.schemas, responses: problems(components) },
  }
}

/** `run.finished` as `RunFinishedData`. */
function dataName(kind: string): string {
  const words = kind.split(/[._]/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return `${words.join('')}Data`
}

function operationOf(spec: RouteSpec, components: Components, alias: boolean): Json {
  const body = bodyOf(spec, components)
  return {
    operationId: alias ? `${spec.operation}Alias` : spec.operation,
    tags: [alias ? 'Compatibility' : spec.tag],
    summary: spec.summary,
    ...(spec.details ? { description: spec.details } : {}),
    parameters: parametersOf(spec, components),
    ...(body ? { requestBody: body } : {}),
    responses: { ...answersOf(spec, components), ...problemsOf(spec) },
  }
}

function parametersOf(spec: RouteSpec, components: Components): Json[] {
  const path = namesOf(spec.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: components.of(parameters[name]),
  }))
  const properties = (spec.query as { properties?: Record<string, Shape> } | undefined)?.properties ?? {}
  const query = Object.entries(properties).map(([name, shape]) => ({
    name,
    in: 'query',
    ...(typeof shape.description === 'string' ? { description: shape.description } : {}),
    ...(shape.type === 'array' ? { style: 'form', explode: false } : {}),
    schema: components.of(shape),
  }))
  return [...path, ...query, ...headersOf(spec)]
}

function headersOf(spec: RouteSpec): Json[] {
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A repeat under the same key gives the first receipt again, with Idempotent-Replayed: true.',
    schema: { type: 'string', minLength: 1, maxLength: limits.keyLength },
  }
  const match = {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag that the session must still have.',
    schema: { type: 'string', pattern: '^("\\d{1,15}"|\\*)$' },
  }
  return [...(spec.writes ? [key] : []), ...(spec.guarded ? [match] : [])]
}

function bodyOf(spec: RouteSpec, components: Components): Json | null {
  if (spec.bytes) return { required: false, content: { 'application/octet-stream': { schema: {} } } }
  if (!spec.body) return null
  const schema = components.of(spec.body)
  const media = { schema, ...(spec.example === undefined ? {} : { example: spec.example as Json }) }
  const types = spec.method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  return { required: !spec.bodyOptional, content: Object.fromEntries(types.map((type) => [type, media])) }
}

function answersOf(spec: RouteSpec, components: Components): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(spec.answers).map(([status, answer]) => [status, answerOf(answer, spec, components)]),
  )
}

function answerOf(answer: AnswerSpec, spec: RouteSpec, components: Components): Json {
  const json = answer.schema && {
    'application/json': {
      schema: components.of(answer.schema),
      ...(answer.example === undefined ? {} : { example: answer.example as Json }),
    },
  }
  const media = Object.entries(answer.media ?? {}).map(([type, description]) => [
    type,
    { schema: { type: 'string', description } },
  ])
  const headers = {
    ...(spec.path.includes('{session_id}')
      ? { ETag: { description: 'The seq of the session.', schema: { type: 'string' } } }
      : {}),
    ...(spec.writes
      ? { 'Idempotent-Replayed': { description: 'true for a repeat.', schema: { type: 'string' } } }
      : {}),
  }
  return {
    description: answer.description,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    content: { ...json, ...Object.fromEntries(media) },
  }
}

/** One answer per status; the codes that share it are named. */
function problemsOf(spec: RouteSpec): Record<string, Json> {
  const statuses = new Set(errorsOf(spec).map((code) => errorTable[code].status))
  return Object.fromEntries(
    [...statuses].sort().map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
  )
}

function problems(components: Components): Record<string, Json> {
  const schema = components.of(Problem)
  const found: Record<string, Json> = {}
  for (const status of new Set(Object.values(errorTable).map((row) => row.status))) {
    const codes = Object.entries(errorTable).filter(([, row]) => row.status === status)
    found[`Problem${status}`] = {
      description: codes.map(([code, { when }]) => `\`${code}\`: ${when}`).join(' '),
      content: {
        'application/problem+json': {
          schema,
          examples: Object.fromEntries(
            codes.map(([code, { when }]) => [
              code,
              { value: problemOf(new DaybookError(code as ErrorCode, when)) as unknown as Json },
            ]),
          ),
        },
      },
    }
  }
  return found
}
