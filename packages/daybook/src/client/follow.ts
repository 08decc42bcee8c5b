// Follows a stream of the server for as long as the caller wants: every item once, in order, over any number of connections.

import { isDaybookError } from '../schema/errors.ts'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'
import { isPassing, pauseBefore, type Request, type Transport } from './transport.ts'

/** Without a sign of life for so long (milliseconds) a connection counts as dead; the server's heart beats every 15 s. */
const silence = 40_000
/** Milliseconds between two tries, unless the server names its own time: somebody waits for what is told. */
const longestPause = 1_000

export interface FollowOptions {
  readonly signal?: AbortSignal
  /** The connection was lost; it is tried again by itself. */
  readonly onLost?: (error: unknown) => void
  /** The stream goes on, where it broke. */
  readonly onBack?: () => void
}

export interface Stream<T> {
  /** The request that goes on behind the last item. */
  request(): Request
  /** The item of an event, or null when there is none or it was seen already. Remembers where to go on. */
  take(event: ServerSentEvent): T | null
}

/** Ends with the signal, without an error; throws what waiting cannot heal, for example `not_found` or `gone`. */
export async function* follow<T>(transport: Transport, stream: Stream<T>, options: FollowOptions): AsyncGenerator<T> {
  const { signal } = options
  let failures = 0
  while (!signal?.aborted) {
    const watch = watchOver(signal)
    let error: unknown
    try {
      const answer = await transport.send({ ...stream.request(), signal: watch.signal })
      if (failures > 0) options.onBack?.()
      watch.alive()
      for await (const event of serverSentEvents(answer.body ?? new ReadableStream())) {
        failures = 0
        watch.alive()
        const item = stream.take(event)
        if (item !== null) yield item
        if (signal?.aborted) return
      }
    } catch (thrown) {
      if (signal?.aborted) return
      if (isDaybookError(thrown) && !isPassing(thrown)) throw thrown
      error = thrown
    } finally {
      watch.end()
    }
    if (failures === 0) options.onLost?.(error)
    failures += 1
    if (!(await waited(transport, pauseBefore(error, failures - 1, longestPause), signal))) return
  }
}

async function waited(transport: Transport, milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await transport.wait(milliseconds, signal)
    return true
  } catch (error) {
    if (signal?.aborted) return false
    throw error
  }
}

export interface Watch {
  readonly signal: AbortSignal
  alive(): void
  end(): void
}

/** A signal of its own for one connection: the caller's, or too long a silence. */
export function watchOver(caller: AbortSignal | undefined, most: () => number = () => silence): Watch {
  const own = new AbortController()
  const stop = (): void => own.abort(caller?.reason)
  caller?.addEventListener('abort', stop, { once: true })
  if (caller?.aborted) stop()
  let timer: ReturnType<typeof setTimeout> | undefined
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => own.abort(new Error('the server is silent')), most())
  }
  alive()
  return {
    signal: own.signal,
    alive,
    end() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', stop)
      own.abort()
    },
  }
}
