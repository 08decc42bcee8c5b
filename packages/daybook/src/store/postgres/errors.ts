// What PostgreSQL, its driver and the network report, in the codes of daybook.

import { DaybookError, type ErrorCode, isDaybookError } from '../../schema/errors.ts'

/** By SQLSTATE, else by its first two characters. */
const codes: Readonly<Record<string, ErrorCode>> = {
  '08': 'unreachable', // connection
  '25006': 'store_readonly',
  '28': 'unreachable', // authorization
  '3D000': 'unreachable', // no such database
  '3F000': 'damaged', // the schema went
  '42501': 'store_readonly', // rights
  '42P01': 'damaged', // a table went
  '42883': 'damaged', // a routine went
  '40': 'store_busy', // rolled back: deadlock, serialization
  '53': 'store_busy', // too many connections, out of memory
  '53100': 'store_full',
  '55006': 'store_busy', // in use
  '55P03': 'store_busy', // a lock was not free in time
  '57014': 'store_busy', // cancelled: it took too long
  '57': 'unreachable', // shutting down, starting up
  '58': 'unreachable', // the system under it
  DB004: 'invalid',
  DB005: 'too_new', // enter_code
  XX001: 'damaged',
  XX002: 'damaged',
  CONNECTION_ENDED: 'shutting_down',
}

/** The connection was lost or never made: whether what was sent last was done is unknown. */
const lost = new Set([
  ...['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'NOT_ANSWERED'],
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOENT',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  ...['57P01', '57P02', '57P03', '57P05', '08000', '08003', '08006', '08001', '08004'],
  // What poolers say of themselves before they hang up: the server is away, none was free in time.
  '08P01',
])

const words: Readonly<Partial<Record<ErrorCode, string>>> = {
  store_busy: 'the PostgreSQL server did not get to it in time',
  store_readonly: 'the PostgreSQL server does not let daybook write',
  store_full: 'there is no room left for the PostgreSQL server',
  unreachable: 'the PostgreSQL server does not answer',
  damaged: 'what stands in the schema is damaged or no daybook',
  shutting_down: 'The store is closed.',
  too_new: 'a newer daybook has changed the store',
  invalid: 'daybook needs the isolation level read committed',
  internal: 'the store failed in a way that was not foreseen',
}

/** SQLSTATE, or the code that the driver or the network gives. */
export function stateOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

export function isLost(error: unknown): boolean {
  return lost.has(stateOf(error))
}

/** No free connection at the server, or rolled back in favour of another: the same again may succeed. */
export function isTransient(error: unknown): boolean {
  const state = stateOf(error)
  return state.startsWith('40') || state === '53300'
}

/** A setting is refused, or a prepared statement not where it was made: something between shares the server's sessions. */
export function isPooled(error: unknown): boolean {
  return ['26000', '42P05', '08P01'].includes(stateOf(error))
}

/** A table, column or routine is not there any more, or a routine refused because more was written than it understands. */
export function changedUnderUs(error: unknown): boolean {
  return /^(?:42|DB005)/.test(stateOf(error))
}

/** A value that a column or a routine does not take: the fault of one operation, not of the store. */
export function isDataFault(error: unknown): boolean {
  return /^(?:22|23|54)/.test(stateOf(error))
}

export function toDaybookError(error: unknown): DaybookError {
  if (isDaybookError(error)) return error
  const state = stateOf(error)
  const code = codes[state] ?? (lost.has(state) ? 'unreachable' : codes[state.slice(0, 2)])
  // Stored JSON that does not parse.
  const found = code ?? (error instanceof SyntaxError ? 'damaged' : 'internal')
  return new DaybookError(found, words[found] ?? found.replaceAll('_', ' '), { cause: error })
}
