// Turns declared routes into running ones: checks, headers, answers, and problems for what no route takes.

import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import { DaybookError } from '../schema/errors.ts'
import { HashText } from '../schema/parts.ts'
import { NoQuery, SessionIdText } from '../schema/wire-requests.ts'
import { AgentIdText, RunIdText, SkillIdText } from '../schema/wire-run-requests.ts'
import { Call } from './call.ts'
import type { Context } from './context.ts'
import type { Rate } from './rate.ts'
import { type Answer, pathsOf, type Route, type RouteSpec, type Taken } from './route.ts'
import { optionalBody } from './validate.ts'

/** Shapes of the names that paths may carry. */
export const parameters: Readonly<Record<string, typeof SessionIdText>> = {
  session_id: SessionIdText,
  other_id: SessionIdText,
  hash: HashText,
  run_id: RunIdText,
  approval_id: RunIdText,
  question_id: RunIdText,
  skill_id: SkillIdText,
  agent_id: AgentIdText,
  program: AgentIdText,
  process_id: RunIdText,
  adoption_id: RunIdText,
}

const jsonType = 'application/json; charset=utf-8'

export function namesOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
}

function paramsOf(path: string): TObject | null {
  const names = namesOf(path)
  if (names.length === 0) return null
  const shapes = names.map((name) => {
    const shape = parameters[name]
    if (!shape) throw new DaybookError('internal', `no shape for the path parameter ${name}`)
    return [name, shape] as const
  })
  return Type.Object(Object.fromEntries(shapes))
}

export function register(app: FastifyInstance, context: Context, routes: readonly Route[]): void {
  for (const { spec, handler, upgrade } of routes) {
    const params = paramsOf(spec.path)
    const first = Number(Object.keys(spec.answers)[0])
    for (const path of pathsOf(spec, context.prefix)) {
      app.route({
        method: spec.method,
        url: path.replace(/\{(\w+)\}/g, ':$1'),
        exposeHeadRoute: spec.tag === 'server',
        schema: {
          ...(params ? { params } : {}),
          querystring: spec.query ?? NoQuery,
          ...(spec.body && !spec.bodyOptional ? { body: spec.body } : {}),
          ...(spec.body && spec.bodyOptional ? { body: optionalBody(spec.body) } : {}),
        },
        ...(spec.writes && context.rate ? { onRequest: limited(context.rate) } : {}),
        preParsing: (request, _reply, _payload, done) => {
          checkAccept(spec, request)
          request.takesBytes = spec.bytes === true
          done()
        },
        ...(upgrade ? upgraded(context, spec, upgrade) : {}),
        handler: async (request, reply) => {
          const call = new Call<Record<string, string>, unknown, unknown>(context, spec, request, reply)
          let answer: Answer | null
          try {
            answer = await handler(call)
          } catch (error) {
            throw call.translate(error)
          }
          return answer === null ? reply : told(reply, answer, first)
        },
      })
    }
  }
  refuseTheRest(app, context, routes)
}

/** What is left to send once all but the body is said. */
function told(reply: FastifyReply, answer: Answer, status: number): Answer['body'] {
  reply.code(answer.status ?? status)
  reply.header('content-type', answer.type ?? jsonType)
  if (answer.seq !== undefined) reply.header('etag', `"${answer.seq}"`)
  if (answer.replayed) reply.header('idempotent-replayed', 'true')
  if (answer.headers) reply.headers(answer.headers)
  return answer.body
}

/** Whoever is refused gets a problem, as for any other call; the connection is turned over only then. */
function upgraded(context: Context, spec: RouteSpec, upgrade: NonNullable<Route['upgrade']>) {
  const takers = new WeakMap<FastifyRequest, Taken>()
  return {
    preHandler: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      if (request.ws) takers.set(request, await upgrade(new Call(context, spec, request, reply)))
    },
    wsHandler: (socket: WebSocket, request: FastifyRequest): void => takers.get(request)?.(socket),
  }
}

/** Refuses writes that come too fast before their bodies are read. */
function limited(rate: Rate) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const seconds = rate.take(request.ip)
    if (seconds === null) return
    reply.header('retry-after', String(seconds))
    throw new DaybookError('rate_limited', 'this address writes too fast', {
      hint: 'Repeat it after as many seconds as Retry-After says.',
    })
  }
}

const json = /(?:^|,)\s*(?:\*\/\*|application\/\*|application\/(?:problem\+)?json)/i

/** Refuses callers who can read none of what the route gives. */
function checkAccept(spec: RouteSpec, request: FastifyRequest): void {
  const { accept } = request.headers
  if (accept === undefined || accept === '*/*' || json.test(accept)) return
  const media = Object.values(spec.answers).flatMap((answer) => Object.keys(answer.media ?? {}))
  const fits = (type: string): boolean =>
    accept.includes('*/*') || accept.includes(type) || accept.includes(`${type.split('/')[0]}/*`)
  if (!media.some((type) => type === '*/*' || fits(type))) {
    throw new DaybookError('not_acceptable', 'the answer is application/json', { field: 'Accept' })
  }
}

/** 405 with what is allowed for known paths, 404 for all others. */
function refuseTheRest(app: FastifyInstance, context: Context, routes: readonly Route[]): void {
  const known = routes.flatMap(({ spec }) =>
    pathsOf(spec, context.prefix).map((path) => ({
      pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      method: spec.method,
    })),
  )
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = [...new Set(known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
    if (methods.length === 0) {
      throw new DaybookError('not_found', 'there is no such route', { hint: 'See /docs for the routes.' })
    }
    reply.header('allow', methods.join(', '))
    throw new DaybookError('method_not_allowed', `this route takes ${methods.join(', ')}`)
  })
}
