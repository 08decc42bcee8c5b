// JSON values as types, and the limits that every stored value obeys.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Limits of stored values. Lengths are UTF-8 bytes of the stored JSON text unless the name says otherwise. */
export const limits = Object.freeze({
  /** One entry's data; larger payloads are blobs. */
  entryBytes: 1024 * 1024,
  /** State, metadata and agent data, each. */
  cellBytes: 64 * 1024,
  /** Entries of one append; HTTP arrays obey the same number. */
  appendEntries: 512,
  /** Entries (and bytes) that share one commit; a larger single append travels alone. */
  commitEntries: 512,
  commitBytes: 1024 * 1024,
  /** Nesting of arrays and objects in one value. */
  depth: 64,
  /** Body of one HTTP request. */
  bodyBytes: 8 * 1024 * 1024,
  /** Characters of an id that a client invents. */
  idLength: 128,
  /** Characters of an idempotency key. */
  keyLength: 256,
  /** Subjects in one scope. */
  scopeSubjects: 16,
  /** Readers of one session. */
  readers: 64,
  /** Sessions or entries in one page. */
  pageItems: 1000,
  /** Milliseconds that the trash keeps a session, and what is deleted its id. */
  keptMs: 30 * 24 * 3_600_000,
  /** Entries between two snapshots of one session. */
  snapshotEntries: 1024,
})
