// The framework's part of the server: how it is set up, what every request passes, and how problems are answered.

import { type FastifyInstance, type FastifyReply, fastify, LogController } from 'fastify'
import { DaybookError } from '../schema/errors.ts'
import { limits } from '../schema/json.ts'
import type { Context } from './context.ts'
import type { Gate } from './hosts.ts'
import { upgrades } from './plugins.ts'
import { asDaybookError, problemHeaders, problemOf, rawProblem } from './problems.ts'
import type { ServerSettings } from './server.ts'
import { validatorCompiler } from './validate.ts'

/** What is registered from now on, as `GET /path/:name`. */
export function watchRoutes(app: FastifyInstance): ReadonlySet<string> {
  const running = new Set<string>()
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) running.add(`${one} ${url}`)
  })
  return running
}

export function bareApp(settings: Pick<ServerSettings, 'logger'>): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...(settings.logger ? { loggerInstance: settings.logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    // A request without a Host header is refused like one with a foreign name, as a problem.
    http: { requireHostHeader: false, shouldUpgradeCallback: upgrades },
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: 4 * limits.idLength },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    frameworkErrors: (error, _request, reply) => {
      const told = asDaybookError(error)
      const answer = reply as FastifyReply
      answer
        .code(told.row.status)
        .headers(problemHeaders(told.code))
        .send(JSON.stringify(problemOf(told)))
    },
    clientErrorHandler(error, socket) {
      if (error.code === 'ECONNRESET' || socket.destroyed) return
      const long = error.code === 'HPE_HEADER_OVERFLOW'
      const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      const told = long
        ? new DaybookError('too_large', 'the headers are too long')
        : new DaybookError('invalid', slow ? 'the request was not sent in time' : 'this is not an HTTP/1.1 request')
      if (socket.writable) socket.write(rawProblem(told, long ? 'Content Too Large' : 'Bad Request'))
      socket.destroySoon()
    },
  })
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.setValidatorCompiler(validatorCompiler)
  // Answers are written as text by the handlers: open JSON passes through as it is stored.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  return app
}

/** What every request passes before its body is read, and every answer after it was made. */
export function guard(app: FastifyInstance, gate: Gate, context: Context): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('cache-control', 'no-store')
    if (context.ending()) {
      reply.header('connection', 'close')
      throw new DaybookError('shutting_down', 'the server is ending')
    }
    const { host, origin } = request.headers
    // A page of another site may open a WebSocket without asking, as it may send a form.
    gate.check(request.ws ? 'POST' : request.method, host, origin)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    context.meters.answered(request.method, route, reply.statusCode, reply.elapsedTime)
    app.log.info({
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    })
    done()
  })
}

/** Queries may carry what people search for or tokens that they should not; logs never do. */
function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const told = asDaybookError(error)
    if (told.row.status >= 500 && told.code !== 'shutting_down') {
      app.log.error({ method: request.method, path: pathOf(request.url), code: told.code, err: told.cause ?? told })
    }
    // Who refused may know how long.
    const wait = reply.getHeader('retry-after')
    reply.code(told.row.status).headers(problemHeaders(told.code))
    if (wait !== undefined) reply.header('retry-after', wait)
    if (told.seq !== undefined && told.seq > 0) reply.header('etag', `"${told.seq}"`)
    return reply.send(JSON.stringify(problemOf(told)))
  })
}
