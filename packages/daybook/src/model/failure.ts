// What ended a call, whoever provided the model: one closed set of codes, and sentences without anything that was said.

import { Flooded } from './bounded.ts'
import { ModelFailure, type ModelFailureCode, type ModelName } from './contract.ts'
import { HttpRefusal, isTooLong, Unanswered, wordsOf } from './transport.ts'

export interface Failing {
  readonly model: ModelName
  /** What came before. */
  readonly partial: string
  /** Whether anything came. */
  readonly begun: boolean
}

/** The failure that an error of a provider's package stands for. */
export function failureOf(error: unknown, failing: Failing): ModelFailure {
  if (error instanceof ModelFailure) return error
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 6; each = each.cause, depth += 1) {
    if (each instanceof HttpRefusal) return refusalOf(each, failing)
    if (each instanceof Flooded)
      return failure('invalid_answer', failing, 'the provider sent more than an answer can have')
    if (each instanceof Unanswered) {
      return failure('unreachable', failing, `the provider cannot be reached (${each.code})`, true)
    }
  }
  return toldOf(error, failing)
}

export function failure(
  code: ModelFailureCode,
  { model, partial }: Failing,
  why: string,
  passing = false,
  waitMs?: number,
): ModelFailure {
  return new ModelFailure(code, model, `${model}: ${why}`, {
    passing,
    partial,
    ...(waitMs === undefined ? {} : { waitMs }),
  })
}

function refusalOf({ status, waitMs, words, tooLong }: HttpRefusal, failing: Failing): ModelFailure {
  const said = `(${[status, ...words].join(', ')})`
  if (status === 429) {
    const spent = words.some((word) => /quota|billing|balance/.test(word))
    const why = spent ? 'the account has nothing left' : 'the provider takes no more calls for now'
    return failure('rate_limited', failing, `${why} ${said}`, !spent, waitMs)
  }
  if (words.some((word) => /content_(?:filter|policy)|safety|moderation/.test(word))) {
    return failure('refused', failing, `the provider will not answer that ${said}`)
  }
  if (tooLong) return failure('too_long', failing, `what was sent is longer than the model takes ${said}`)
  if (status === 408) return failure('timeout', failing, `the provider gave up waiting ${said}`, true, waitMs)
  if (status === 401 || status === 403) return failure('unauthenticated', failing, `the key was refused ${said}`)
  if (status === 402) return failure('unauthenticated', failing, `the account has nothing left ${said}`)
  if (status >= 500 || status === 409) {
    return failure('overloaded', failing, `the provider has trouble ${said}`, true, waitMs)
  }
  if (status >= 300 && status < 400) {
    return failure('invalid_request', failing, `the address leads to another one, which base_url has to name ${said}`)
  }
  const why =
    status === 404 ? 'the provider does not know the model or the address' : 'the provider refused the request'
  return failure('invalid_request', failing, `${why} ${said}`)
}

/** Told within a stream, or by the package itself. */
function toldOf(error: unknown, failing: Failing): ModelFailure {
  const { data, status, body, code } = toldFields(error)
  const words = wordsOf(body)
  const named = (pattern: RegExp): boolean => pattern.test(`${words.join(' ')} ${code}`)
  if (status !== undefined && status >= 400) {
    return refusalOf(new HttpRefusal(status, body, undefined), failing)
  }
  if (named(/overloaded|unavailable|internal|server_error|api_error/i)) {
    return failure('overloaded', failing, `the provider has trouble (${words.join(', ')})`, true)
  }
  if (named(/rate_limit|exhausted/i))
    return failure('rate_limited', failing, 'the provider takes no more calls for now', true)
  if (isTooLong(data)) return failure('too_long', failing, 'what was sent is longer than the model takes')
  return failure('cut_off', failing, 'the answer broke off', true)
}

interface Told {
  readonly data: unknown
  readonly status: number | undefined
  readonly body: unknown
  readonly code: string
}

function toldFields(error: unknown): Told {
  if (typeof error !== 'object' || error === null) return { data: error, status: undefined, body: error, code: '' }
  const fields = error as Readonly<Record<string, unknown>>
  const status = typeof fields.statusCode === 'number' ? fields.statusCode : undefined
  const body =
    fields.data ?? fields.responseBody ?? (error instanceof Error ? { type: fields.type, code: fields.code } : error)
  return { data: body, status, body, code: typeof fields.code === 'string' ? fields.code : '' }
}
