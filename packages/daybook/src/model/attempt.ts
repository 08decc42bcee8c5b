// One attempt at one model: asks, gathers the stream, and ends at once when nobody waits any more.

import type { ModelDelta, ModelName } from './contract.ts'
import { failure, failureOf } from './failure.ts'
import { Gathering } from './gather.ts'
import type { SdkCall, SdkModel } from './provider.ts'
import type { ModelTime } from './time.ts'
import { untilAborted } from './until-aborted.ts'

export interface Attempt {
  readonly name: ModelName
  readonly model: SdkModel
  readonly call: Omit<SdkCall, 'abortSignal'>
  /** The caller's, with the time of the whole call in it. */
  readonly signal: AbortSignal
  readonly onDelta: ((delta: ModelDelta) => void) | undefined
  /** Milliseconds without any sign of life. */
  readonly silenceMs: number
  readonly time: ModelTime
}

/** @throws Broken with what came so far */
export async function attempt(given: Attempt): Promise<Gathering> {
  const gathering = new Gathering(given.name, given.onDelta)
  const ending = new AbortController()
  const end = (): void => ending.abort(given.signal.reason)
  given.signal.addEventListener('abort', end)
  let silent = false
  const alarm = given.time.alarm(given.silenceMs, () => {
    silent = true
    ending.abort(new Error('silent'))
  })
  try {
    if (given.signal.aborted) throw given.signal.reason
    await streamed(given, gathering, ending.signal, () => alarm.again())
    if (ending.signal.aborted) throw ending.signal.reason
    if (!gathering.whole) throw failure('cut_off', failing(given, gathering), 'the answer broke off', true)
    return gathering
  } catch (error) {
    throw new Broken(brokenBy(error, given, gathering, silent), gathering)
  } finally {
    alarm.stop()
    given.signal.removeEventListener('abort', end)
  }
}

/** An attempt that failed, with what it had gathered. */
export class Broken extends Error {
  readonly failure: ReturnType<typeof failureOf>
  readonly gathering: Gathering

  constructor(why: ReturnType<typeof failureOf>, gathering: Gathering) {
    super(why.message)
    this.failure = why
    this.gathering = gathering
  }
}

function failing(given: Attempt, gathering: Gathering) {
  return { model: given.name, partial: gathering.text, begun: gathering.begun }
}

function brokenBy(error: unknown, given: Attempt, gathering: Gathering, silent: boolean) {
  const so = failing(given, gathering)
  if (given.signal.aborted) {
    const late = (given.signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError'
    return late ? failure('timeout', so, 'the call took too long') : failure('aborted', so, 'the call was ended')
  }
  if (silent) return failure('timeout', so, `nothing came for ${Math.round(given.silenceMs / 1000)} seconds`, true)
  return failureOf(error, so)
}

async function streamed(given: Attempt, gathering: Gathering, signal: AbortSignal, alive: () => void): Promise<void> {
  const { stream } = await untilAborted(given.model.doStream({ ...given.call, abortSignal: signal }), signal)
  alive()
  const reader = stream.getReader()
  // A reader that is cancelled ends its pending read, so that an abort waits for no provider.
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', cancel)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      alive()
      gathering.take(value)
      if (gathering.full) return cancel()
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
