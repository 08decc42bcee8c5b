// Idempotency keys: whose they are, of what request, and the ids that are derived from them.

import { Buffer } from 'node:buffer'
import { DaybookError } from '../schema/errors.ts'
import { type IdPrefix, idFromDigest } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { Key, Scope } from '../store/store.ts'
import { quoted, sha256 } from './chain.ts'
import type { Caller } from './contract.ts'

/** The stored form of a caller's key for one operation. A whole {@link Key} is taken as it is: a surface has made it. */
export function keyOf(caller: Caller, key: string | Key, operation: string, request: unknown): Key {
  return keyWith(caller, key, () => sha256(textOf([operation, request ?? null])))
}

/** As {@link keyOf}, with the digest of a request that nothing else has: one of an append holds the kind of an entry. */
export function keyWith(caller: Caller, key: string | Key, digest: () => string): Key {
  if (typeof key !== 'string') return key
  if (key.length < 1 || key.length > limits.keyLength) {
    throw new DaybookError('invalid', `a key has 1 to ${limits.keyLength} characters`, { field: 'key' })
  }
  // A quoted name ends where it ends: no actor's name runs into a key.
  return { id: `${quoted(caller.actor)} ${key}`, digest: digest() }
}

function textOf(request: unknown): string {
  try {
    return JSON.stringify(request)
  } catch (cause) {
    throw new DaybookError('invalid', 'the request is not JSON', { field: 'data', cause })
  }
}

/** Calls without a session derive the new id, so that a repeat finds what the first made. */
export function idFromKey(prefix: IdPrefix, scope: Scope, operation: string, key: Key): string {
  const digest = sha256(JSON.stringify([scope.tenant, operation, key.id]))
  return idFromDigest(prefix, Buffer.from(digest, 'base64url'))
}
