// Blobs as the contract of stores has them: payloads beside the log, named by the hash of their bytes.

import type { Hash } from '../schema/ids.ts'

/** Payloads by the SHA-256 of their bytes, scoped by tenant. Unreferenced ones are swept 24 h after their last put. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<Hash>
  /** Half-open byte range; null when unknown. */
  get(hash: Hash, range?: { start?: number; end?: number }): Promise<Uint8Array | null>
  /** Size in bytes; null when unknown. */
  size(hash: Hash): Promise<number | null>
}

/** A blob as a message names it. */
export interface Attachment {
  readonly blob: Hash
  readonly name?: string
  readonly media_type?: string
  readonly size?: number
}
