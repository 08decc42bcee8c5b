// Every failure leaves the server as an RFC 9457 problem document whose code comes from the one error table.

import type { ErrorCode } from '../schema/errors.ts'
import { DaybookError, errorTable, isDaybookError } from '../schema/errors.ts'
import type { ProblemShape } from '../schema/wire-shapes.ts'

const problemType = 'application/problem+json; charset=utf-8'
/** What `retry: after` means in seconds, where nothing better is known. */
const retrySeconds = 1

/** Failures of the framework and of sockets by their own codes. */
const foreign: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'the body is over the limit'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media', 'the content type is not understood'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid', 'the body is not as long as its Content-Length'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid', 'a part of the address is too long'],
  FST_ERR_BAD_URL: ['invalid', 'the address is not a valid URL'],
  ECONNRESET: ['invalid', 'the request ended early'],
  ERR_STREAM_PREMATURE_CLOSE: ['invalid', 'the request ended early'],
}

/** Anything thrown as the error the caller is told. What nobody expected becomes `internal` and is for the log only. */
export function asDaybookError(error: unknown): DaybookError {
  if (isDaybookError(error)) return error
  const code = (error as { code?: unknown } | null)?.code
  const known = typeof code === 'string' ? foreign[code] : undefined
  if (known) return new DaybookError(known[0], known[1], { cause: error })
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new DaybookError('invalid', 'the request is malformed', { cause: error })
  }
  return new DaybookError('internal', 'something unexpected went wrong', { cause: error })
}

export function problemOf(error: DaybookError): ProblemShape {
  const row = errorTable[error.code]
  return {
    type: `urn:daybook:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: row.status,
    detail: error.message,
    code: error.code,
    retry: row.retry,
    ...(error.seq === undefined ? {} : { seq: error.seq }),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.deleted === undefined ? {} : { deleted: error.deleted }),
  }
}

/** Headers that go with a code, beside the content type. */
export function problemHeaders(code: ErrorCode): Readonly<Record<string, string>> {
  return {
    'content-type': problemType,
    'cache-control': 'no-store',
    ...(errorTable[code].retry === 'after' ? { 'retry-after': String(retrySeconds) } : {}),
  }
}

/** A whole answer as bytes, for sockets whose request never became one. */
export function rawProblem(error: DaybookError, reason: string): string {
  const { status } = errorTable[error.code]
  const body = JSON.stringify(problemOf(error))
  const headers = { ...problemHeaders(error.code), connection: 'close', 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n')
}
