// What copying a store into another one takes and tells.

export interface CopyOptions {
  /** Told after every page of the feed and of the sessions behind it. */
  readonly onProgress?: (progress: CopyProgress) => void
  readonly signal?: AbortSignal
}

export interface CopyProgress {
  /** Entries of the source that were looked at. */
  readonly entries: number
  /** Of all that the source had when it began. */
  readonly of: number
}

export interface CopyReport {
  /** What is in both now, system sessions included. */
  readonly sessions: number
  /** What was written by this copy: nothing where all was there already. */
  readonly written: { readonly entries: number; readonly blobs: number; readonly marks: number }
  /** Deleted sessions whose ids are still taken in the source; in the destination they are free. */
  readonly tombstones: number
}
