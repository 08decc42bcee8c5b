// Blobs by the hash of their bytes, one set per tenant, with the number of claims on each.

import type { Hash } from '../../schema/ids.ts'
import type { Blobs } from '../blobs.ts'
import { sha256 } from '../hash.ts'
import type { Scope } from '../store.ts'
import { type BlobClaim, type Row, type State, tenantOf } from './state.ts'

export function memoryBlobs(state: State, scope: Scope, guard: () => void): Blobs {
  const stored = (key: Hash) => state.tenants.get(scope.tenant)?.blobs.get(key)
  return {
    async put(bytes) {
      guard()
      const key = sha256(bytes)
      const known = stored(key)
      if (known) known.at = state.clock()
      else tenantOf(state, scope.tenant).blobs.set(key, { bytes: new Uint8Array(bytes), at: state.clock(), claims: 0 })
      return key
    },
    async get(key, range = {}) {
      guard()
      // A copy: bytes cannot be frozen.
      return stored(key)?.bytes.slice(Math.max(range.start ?? 0, 0), Math.max(range.end ?? Infinity, 0)) ?? null
    },
    async size(key) {
      guard()
      return stored(key)?.bytes.length ?? null
    },
  }
}

/** Gives up the claims of a row that `ends` names. */
export function dropClaims(row: Row, ends: (claim: BlobClaim) => boolean): void {
  row.claims = row.claims.filter((claim) => {
    if (!ends(claim)) return true
    const blob = row.tenant.blobs.get(claim.hash)
    if (blob) blob.claims -= 1
    return false
  })
}
