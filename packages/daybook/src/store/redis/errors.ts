// What Redis and its driver report, in the codes of daybook.

import { DaybookError, type ErrorCode, isDaybookError } from '../../schema/errors.ts'

/** First words of the server's answers. */
const codes: Readonly<Record<string, ErrorCode>> = {
  OOM: 'store_full',
  READONLY: 'store_readonly',
  NOREPLICAS: 'store_readonly',
  MASTERDOWN: 'unreachable',
  LOADING: 'unreachable',
  BUSY: 'store_busy',
  NOAUTH: 'unreachable',
  NOPERM: 'unreachable',
  WRONGPASS: 'unreachable',
  STALE: 'store_busy',
  NEWER: 'too_new',
  WRONGTYPE: 'damaged',
}

const words: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_busy: 'Redis did other work for too long',
  store_readonly: 'this Redis cannot be written',
  store_full: 'there is no room left in Redis',
  unreachable: 'Redis does not answer, or not to us',
  too_new: 'a newer daybook has changed the store',
  damaged: 'something else than daybook wrote under the prefix of the store',
  internal: 'the store failed in a way that was not foreseen',
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** An answer of the server, not of the way to it. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

export function startsWith(error: unknown, word: string): boolean {
  return isReply(error) && messageOf(error).startsWith(word)
}

/** The server does not have our functions, or no longer: it was emptied, or started without what it had saved. */
export function lacksLibrary(error: unknown): boolean {
  return startsWith(error, 'ERR Function not found')
}

/** Worth another try: the connection broke, or the server is starting or busy. Whether the call was heard is unknown. */
export function isPassing(error: unknown): boolean {
  if (isDaybookError(error)) return false
  return !isReply(error) || startsWith(error, 'LOADING') || startsWith(error, 'BUSY ')
}

export function codeOf(error: unknown): ErrorCode {
  if (!isReply(error)) return 'unreachable'
  const message = messageOf(error)
  if (message.startsWith('MISCONF')) return /no space left/i.test(message) ? 'store_full' : 'store_readonly'
  return codes[message.split(' ', 1)[0] ?? ''] ?? 'internal'
}

/** The driver's errors carry the whole command, texts of people among it: nothing of that belongs into a log. */
function bare(error: unknown): Error {
  const { cause } = error instanceof Error ? error : {}
  return new Error(messageOf(error), cause === undefined ? {} : { cause: new Error(messageOf(cause)) })
}

export function toDaybookError(error: unknown): DaybookError {
  if (isDaybookError(error)) return error
  const code = codeOf(error)
  return new DaybookError(code, words[code] ?? code, { cause: bare(error) })
}
