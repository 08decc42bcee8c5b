// Moving sessions between stores: the open JSONL format's parts as types (the format is described in docs/reference/export.md).

import type { SessionId } from '../../schema/ids.ts'

/** Lines of an export, one JSON object each, without line ends. */
export type Bundle = AsyncGenerator<string>

export interface ImportReport {
  /** Sessions that were written, whole or their missing rest. */
  readonly imported: readonly SessionId[]
  /** Sessions that were here already, entry for entry. */
  readonly unchanged: readonly SessionId[]
  readonly entries: number
  readonly blobs: number
}

/** What an offline check of an export found; no problems means every chain and every blob holds. */
export interface BundleReport {
  readonly sessions: number
  readonly entries: number
  readonly blobs: number
  readonly problems: readonly { readonly session: SessionId | null; readonly line: number; readonly detail: string }[]
}
