// What a route declares. One table of these makes the running routes, the OpenAPI document and the reference page.

import type { Readable } from 'node:stream'
import type { WebSocket } from '@fastify/websocket'
import type { Static, TSchema } from 'typebox'
import { DaybookError, type ErrorCode } from '../schema/errors.ts'
import type { Call } from './call.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export const tags = ['sessions', 'entries', 'runs', 'views', 'feed', 'Compatibility', 'server'] as const
export type Tag = (typeof tags)[number]

/** Names between braces of a path. */
export type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never

export interface AnswerSpec {
  readonly description: string
  /** A JSON answer. */
  readonly schema?: TSchema
  readonly example?: unknown
  /** Other media types, with what they carry. */
  readonly media?: Readonly<Record<string, string>>
}

export interface RouteSpec<Path extends string = string, Q extends TSchema = TSchema, B extends TSchema = TSchema> {
  readonly method: Method
  /** As OpenAPI writes it, without the prefix. */
  readonly path: Path
  /** `root`: without the prefix; `both`: with it, and without it as an alias. */
  readonly at?: 'prefix' | 'root' | 'both'
  /** operationId: also the name that clients use. */
  readonly operation: string
  readonly tag: Tag
  readonly summary: string
  readonly details?: string
  readonly query?: Q
  readonly body?: B
  /** The body may be left out. */
  readonly bodyOptional?: boolean
  /** Takes any bytes as body instead of JSON. */
  readonly bytes?: boolean
  readonly example?: unknown
  readonly answers: Readonly<Record<number, AnswerSpec>>
  /** Codes beyond those that every route can answer. */
  readonly errors?: readonly ErrorCode[]
  /** Changes something: takes Idempotency-Key. */
  readonly writes?: boolean
  /** Writes to the log of the session in the path: takes If-Match. */
  readonly guarded?: boolean
}

/** What a handler gives back; `null` when it answered on the socket itself. */
export interface Answer {
  /** Default: the first of the route's answers. */
  readonly status?: number
  /** JSON text unless `type` says otherwise. */
  readonly body: string | Buffer | Readable
  readonly type?: string
  /** Of the session that the answer is about: its ETag. */
  readonly seq?: number
  /** This call had been answered before. */
  readonly replayed?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/** Absent queries and bodies are `undefined`, absent optional fields too. */
export type Handler<Path extends string, Q extends TSchema, B extends TSchema> = (
  call: Call<Record<Names<Path>, string>, Static<Q>, Static<B>>,
) => Promise<Answer | null>

/** What becomes of a connection that turned into a WebSocket; it was allowed before. */
export type Taken = (socket: WebSocket) => void

export interface Route {
  readonly spec: RouteSpec
  readonly handler: Handler<string, TSchema, TSchema>
  /** Refuses the connection, or says what is done with it. Of routes that are WebSockets. */
  readonly upgrade?: (call: Call<Record<string, string>, never, never>) => Promise<Taken>
}

/** A route that is a WebSocket; called otherwise it is `invalid`. */
export function socketRoute<const Path extends string, Q extends TSchema>(
  spec: RouteSpec<Path, Q>,
  upgrade: (call: Call<Record<Names<Path>, string>, Static<Q>>) => Promise<Taken>,
): Route {
  const handler = async (): Promise<never> => {
    throw new DaybookError('invalid', 'this route is a WebSocket', { field: 'Upgrade' })
  }
  return { spec, handler, upgrade: upgrade as unknown as NonNullable<Route['upgrade']> }
}

/** Ties a handler to what its route declares. */
export function route<const Path extends string, Q extends TSchema, B extends TSchema>(
  spec: RouteSpec<Path, Q, B>,
  handler: Handler<Path, Q, B>,
): Route {
  // Names, query and body were checked by the schemas of the same spec before the handler is called.
  return { spec, handler: handler as unknown as Route['handler'] }
}

/** Codes that any route can answer. */
export const everywhere = [
  'invalid',
  'not_acceptable',
  'host_refused',
  'internal',
  'store_busy',
  'shutting_down',
] as const satisfies readonly ErrorCode[]
/** Codes of routes with a body, of writes, and of writes with a guard. */
const withBody = ['too_large', 'unsupported_media'] as const satisfies readonly ErrorCode[]
const withWrite = [
  'forbidden',
  'key_reused',
  'rate_limited',
  'store_full',
  'store_readonly',
] as const satisfies readonly ErrorCode[]
const withGuard = [
  'conflict',
  'precondition_failed',
  'trashed',
  'gone',
  'damaged',
] as const satisfies readonly ErrorCode[]

/** Every code a route can answer, each once. */
export function errorsOf(spec: RouteSpec): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...everywhere,
      ...(spec.path.includes('{') ? (['not_found', 'gone'] as const) : []),
      ...(spec.method === 'GET' ? [] : withBody),
      ...(spec.writes ? withWrite : []),
      ...(spec.guarded ? withGuard : []),
      ...(spec.errors ?? []),
    ]),
  ]
}

/** The paths a route answers on. */
export function pathsOf(spec: RouteSpec, prefix: string): string[] {
  if (spec.at === 'root') return [spec.path]
  return spec.at === 'both' ? [prefix + spec.path, spec.path] : [prefix + spec.path]
}
