// The one table of error codes, and the one error class that carries them.

export type Retry = 'no' | 'yes' | 'reread' | 'restore' | 'after'

export interface ErrorRow {
  /** HTTP status. */
  readonly status: number
  /** Exit code of the command line. */
  readonly exit: number
  /** `after`: wait, then repeat the same call; `reread`: look at the true seq first. */
  readonly retry: Retry
  readonly when: string
}

export const errorTable = {
  invalid: {
    status: 400,
    exit: 2,
    retry: 'no',
    when: 'A field, depth, number or kind is not allowed; the field is named.',
  },
  not_allowed_kind: { status: 400, exit: 2, retry: 'no', when: 'A client wrote a kind that only an engine writes.' },
  unauthenticated: { status: 401, exit: 5, retry: 'no', when: 'The caller did not say who it is.' },
  forbidden: { status: 403, exit: 5, retry: 'no', when: 'The session is known to the caller, the right is missing.' },
  not_found: { status: 404, exit: 3, retry: 'no', when: 'Unknown, or not visible to the caller.' },
  gone: { status: 404, exit: 3, retry: 'no', when: 'The session was deleted less than 30 days ago.' },
  method_not_allowed: { status: 405, exit: 2, retry: 'no', when: 'The route exists, the method does not.' },
  not_acceptable: { status: 406, exit: 2, retry: 'no', when: 'No form of the answer fits the Accept header.' },
  exists: { status: 409, exit: 4, retry: 'no', when: 'The id is in use.' },
  conflict: {
    status: 409,
    exit: 4,
    retry: 'reread',
    when: 'The expected seq is not the true one; the true one is told.',
  },
  key_reused: { status: 409, exit: 4, retry: 'no', when: 'The same idempotency key came with another request.' },
  busy: { status: 409, exit: 4, retry: 'yes', when: 'Open work: a run, a wait, or a lease elsewhere.' },
  trashed: { status: 409, exit: 4, retry: 'restore', when: 'The session is in the trash.' },
  ref_taken: { status: 409, exit: 4, retry: 'no', when: 'The ref belongs to another session.' },
  invalid_state: { status: 409, exit: 4, retry: 'no', when: 'The table of states has no such transition.' },
  fenced: { status: 409, exit: 4, retry: 'no', when: 'The lease was taken over; seen by holders only.' },
  blob_missing: { status: 409, exit: 4, retry: 'no', when: 'An entry names a blob that is not stored.' },
  precondition_failed: {
    status: 412,
    exit: 4,
    retry: 'reread',
    when: 'If-Match is not the true seq; the true one is told.',
  },
  too_large: { status: 413, exit: 2, retry: 'no', when: 'A body, entry, cell or batch is over its limit.' },
  unsupported_media: { status: 415, exit: 2, retry: 'no', when: 'The content type is not understood.' },
  host_refused: { status: 421, exit: 5, retry: 'no', when: 'The Host header is not one this server answers to.' },
  rate_limited: { status: 429, exit: 4, retry: 'after', when: 'Too many requests.' },
  internal: { status: 500, exit: 1, retry: 'no', when: 'Never expected; please report it.' },
  damaged: {
    status: 500,
    exit: 1,
    retry: 'no',
    when: 'Chain or head is broken; the session is read-only until repaired.',
  },
  store_busy: {
    status: 503,
    exit: 6,
    retry: 'after',
    when: 'Another process holds the store for longer than the wait.',
  },
  store_readonly: { status: 503, exit: 6, retry: 'no', when: 'The store cannot be written; reading goes on.' },
  shutting_down: { status: 503, exit: 6, retry: 'after', when: 'The server is ending.' },
  too_new: {
    status: 503,
    exit: 6,
    retry: 'after',
    when: 'A newer version of daybook wrote the store; behind a load balancer a newer server may answer.',
  },
  unreachable: { status: 503, exit: 6, retry: 'after', when: 'The server or store does not answer.' },
  store_full: { status: 507, exit: 6, retry: 'no', when: 'The disk is full; reading goes on.' },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable
export const errorCodes = Object.freeze(Object.keys(errorTable)) as readonly ErrorCode[]

export interface ErrorDetails {
  /** The true seq, with `conflict` and `precondition_failed`. */
  readonly seq?: number | undefined
  /** Path of the guilty field, for example `entries[3].data.role`. */
  readonly field?: string | undefined
  /** What to type or do next. */
  readonly hint?: string | undefined
  /** With `gone`, where it is known: when (RFC 3339), and the actor who deleted it. */
  readonly deleted?: { readonly at: string; readonly by: string } | undefined
  readonly cause?: unknown
}

/** Every failure that daybook reports. Programs decide by `code`, never by the message. */
export class DaybookError extends Error {
  override readonly name = 'DaybookError'
  readonly code: ErrorCode
  readonly seq: number | undefined
  readonly field: string | undefined
  readonly hint: string | undefined
  readonly deleted: ErrorDetails['deleted']

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.seq = details.seq
    this.field = details.field
    this.hint = details.hint
    this.deleted = details.deleted
  }

  get row(): ErrorRow {
    return errorTable[this.code]
  }
}

export function isDaybookError(error: unknown): error is DaybookError {
  return error instanceof DaybookError
}
