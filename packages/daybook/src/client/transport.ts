// One call to a server: problem documents as errors, retries where a repeat is safe, and waits that a signal ends.

import { DaybookError, type ErrorCode, errorCodes } from '../schema/errors.ts'

export interface TransportOptions {
  /** Address of the server, for example `http://127.0.0.1:8001`. */
  readonly url: string
  readonly fetch?: typeof fetch
  readonly headers?: Readonly<Record<string, string>>
  /** How often a call that may be repeated is tried again; default 5. */
  readonly retries?: number
  /** Waits; for tests. Rejects when the signal ends. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export interface Request {
  readonly method?: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  readonly body?: unknown
  /** Sent as they are, in place of a body. */
  readonly bytes?: Blob | Uint8Array<ArrayBuffer>
  /** Sent as JSON unless named. */
  readonly type?: string
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  readonly url: string
  /** The answer's JSON. Repeats itself after a lost connection or a 503 where that is safe: reads and keyed writes. */
  json<T>(request: Request): Promise<T>
  /** The whole answer, once. */
  send(request: Request): Promise<Response>
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export function openTransport(options: TransportOptions): Transport {
  const url = options.url.replace(/\/+$/, '')
  const call = options.fetch ?? globalThis.fetch.bind(globalThis)
  const wait = options.wait ?? waitFor
  const retries = options.retries ?? 5

  async function send(request: Request): Promise<Response> {
    let answer: Response
    try {
      answer = await call(addressOf(url, request), initOf(request, options.headers))
    } catch (error) {
      request.signal?.throwIfAborted()
      throw new DaybookError('unreachable', `no answer from ${url}`, { cause: error })
    }
    if (!answer.ok) throw await problemOf(answer)
    return answer
  }

  async function json<T>(request: Request): Promise<T> {
    for (let tried = 0; ; tried += 1) {
      try {
        const answer = await send(request)
        return (await readJson(answer, request.signal)) as T
      } catch (error) {
        request.signal?.throwIfAborted()
        if (tried >= retries || !mayRepeat(request, error)) throw error
        await wait(pauseBefore(error, tried), request.signal)
      }
    }
  }
  return { url, json, send, wait }
}

function addressOf(url: string, { path, query }: Request): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`],
  )
  return `${url}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`
}

function initOf(
  { method, body, bytes, type, key, headers, signal }: Request,
  always: TransportOptions['headers'],
): RequestInit {
  const all: Record<string, string> = { accept: 'application/json', ...always }
  if (body !== undefined || bytes !== undefined) all['content-type'] = type ?? 'application/json'
  if (key !== undefined) all['idempotency-key'] = key
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) all[name] = value
  return {
    method: method ?? 'GET',
    headers: all,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(bytes === undefined ? {} : { body: bytes }),
    ...(signal === undefined ? {} : { signal }),
  }
}

async function readJson(answer: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const text = await answer.text()
    return text === '' ? null : JSON.parse(text)
  } catch (error) {
    signal?.throwIfAborted()
    throw new DaybookError('unreachable', `the answer of ${answer.url} broke off`, { cause: error })
  }
}

/** Carries how long the server asked to wait, in milliseconds. */
const pauses = new WeakMap<object, number>()

/** An answer that is no success, as the error it stands for. */
export async function problemOf(answer: Response): Promise<DaybookError> {
  const body: unknown = await answer.json().catch(() => null) // not every proxy speaks JSON
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  const text = (name: string): string | undefined =>
    typeof fields[name] === 'string' ? (fields[name] as string) : undefined
  const message = text('detail') ?? text('title') ?? `the server answered ${answer.status}`
  const error = new DaybookError(codeOf(text('code'), answer.status), message, {
    seq: typeof fields.seq === 'number' ? fields.seq : undefined,
    field: text('field'),
    hint: text('hint'),
    deleted: fields.deleted as { at: string; by: string } | undefined,
  })
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  if (Number.isFinite(seconds)) pauses.set(error, seconds * 1000)
  return error
}

const byStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  415: 'unsupported_media',
  429: 'rate_limited',
}

function codeOf(code: string | undefined, status: number): ErrorCode {
  const known = errorCodes.find((each) => each === code)
  return known ?? byStatus[status] ?? (status < 500 ? 'invalid' : status === 500 ? 'internal' : 'unreachable')
}

/** A read, or a write under a key, that failed before or instead of an answer. */
function mayRepeat({ method = 'GET', key }: Request, error: unknown): boolean {
  if (method !== 'GET' && key === undefined) return false
  return isPassing(error)
}

/** Whether waiting may help: no connection, a server that is ending or busy, too many calls. */
export function isPassing(error: unknown): boolean {
  return error instanceof DaybookError && error.row.retry === 'after'
}

/** Milliseconds: doubling from 100 to `longest`, half of it by chance; or what the server asked for, up to a minute. */
export function pauseBefore(error: unknown, tried: number, longest = 5000): number {
  const asked = typeof error === 'object' && error !== null ? pauses.get(error) : undefined
  if (asked !== undefined) return Math.min(asked, 60_000)
  const whole = Math.min(longest, 100 * 2 ** tried)
  return whole / 2 + (Math.random() * whole) / 2
}

function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const ended = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', ended, { once: true })
  })
}
