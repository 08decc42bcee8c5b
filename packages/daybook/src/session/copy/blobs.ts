// Copies payloads from one store to another, those that are not there.

import { DaybookError } from '../../schema/errors.ts'
import type { Hash } from '../../schema/ids.ts'
import type { ScopedStore } from '../../store/store.ts'

/** How many were written. A blob that nobody has any more is left to the append, which says so. */
export async function copyBlobs(from: ScopedStore, to: ScopedStore, hashes: readonly Hash[]): Promise<number> {
  let written = 0
  for (const hash of new Set(hashes)) {
    if ((await to.blobs.size(hash)) !== null) continue
    const bytes = await from.blobs.get(hash)
    if (bytes === null) throw new DaybookError('damaged', `the source has lost the blob ${hash}`)
    const put = await to.blobs.put(bytes)
    if (put !== hash)
      throw new DaybookError('damaged', `the blob ${hash} of the source has other bytes than its name says`)
    written += 1
  }
  return written
}
