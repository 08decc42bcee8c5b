// One exchange over HTTP, asked for as `fetch` is: node's own client takes a third of the processor time for it, which is most
// of what a call of a model costs here.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Flow } from './bounded.ts'

type Fetch = Parameters<typeof fetch>

/** Bytes that are kept for a slow reader before the provider has to wait. */
const keptBytes = 256 * 1024
const withoutBody = [204, 205, 304]

/**
 * As `fetch` for an address and a body that is a text or bytes. A redirect is an answer like any other, and an answer's body fails
 * with {@link Flooded} behind what it can have. Rejects with the reason of the signal, or as the system says it.
 */
export async function exchange(input: Fetch[0], { method = 'GET', headers, body, signal }: NonNullable<Fetch[1]> = {}) {
  if (typeof body !== 'string' && !(body instanceof Uint8Array) && body != null) {
    throw new TypeError('a request has a text or bytes')
  }
  const url = String(input)
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  // Compressed, the pieces of a stream would come late.
  const options = { method, headers: { ...plain(headers), 'accept-encoding': 'identity' } }
  for (;;) {
    const answer = await answered(request(url, options), body ?? undefined, signal ?? undefined)
    if (answer !== null) return answer
  }
}

function plain(headers: NonNullable<Fetch[1]>['headers']): Record<string, string> {
  if (headers === undefined || headers instanceof Headers || Array.isArray(headers)) {
    return Object.fromEntries(new Headers(headers))
  }
  return headers as Record<string, string>
}

/** Null where a kept connection was closed by the other side before it could carry this: the next one is another connection. */
function answered(
  request: ClientRequest,
  body: string | Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Response | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Response | null>()
  let fail: (error: unknown) => void = reject
  const abort = (): void => {
    fail(signal?.reason)
    request.destroy()
  }
  request.once('response', (message) => {
    try {
      const { response, breakOff } = responseOf(message)
      fail = breakOff
      resolve(response)
    } catch (error) {
      fail(error) // a status that no answer can have
      message.destroy()
    }
  })
  request.on('error', (error: NodeJS.ErrnoException) => {
    const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    if (isStale) resolve(null)
    else fail(error)
  })
  signal?.addEventListener('abort', abort)
  request.once('close', () => signal?.removeEventListener('abort', abort))
  if (signal?.aborted) abort()
  else request.end(body)
  return promise
}

interface Answering {
  readonly response: Response
  /** Its body fails so, where it has not ended. */
  readonly breakOff: (error: unknown) => void
}

function responseOf(message: IncomingMessage): Answering {
  const { statusCode: status = 0, rawHeaders } = message
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  if (withoutBody.includes(status)) {
    message.resume()
    return { response: new Response(null, { status, headers }), breakOff: () => undefined }
  }
  const { body, breakOff } = bodyOf(message)
  return { response: new Response(body, { status, headers }), breakOff }
}

/** What comes within one turn of the loop is one piece: every further one costs each of the package's own streams anew. */
function bodyOf(message: IncomingMessage) {
  const flow = new Flow()
  let pieces: Buffer[] = []
  let over = false
  let breakOff: (error: unknown) => void = () => undefined
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const tell = (): void => {
          if (over || pieces.length === 0) return
          const [first] = pieces
          controller.enqueue(pieces.length === 1 && first ? first : Buffer.concat(pieces))
          pieces = []
          if ((controller.desiredSize ?? 0) <= 0) message.pause()
        }
        breakOff = (error) => {
          if (over) return
          tell()
          over = true
          controller.error(error)
          message.destroy()
        }
        message.on('data', (bytes: Buffer) => {
          if (over) return
          try {
            flow.add(bytes)
          } catch (error) {
            return breakOff(error)
          }
          if (pieces.push(bytes) === 1) process.nextTick(tell)
        })
        message.once('end', () => {
          tell()
          if (over) return
          over = true
          controller.close()
        })
        message.on('error', breakOff)
      },
      pull: () => void message.resume(),
      cancel() {
        over = true
        message.destroy()
      },
    },
    { highWaterMark: keptBytes, size: (bytes) => bytes?.length ?? 0 },
  )
  return { body, breakOff }
}
