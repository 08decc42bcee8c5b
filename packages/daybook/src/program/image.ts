// Images that go to a program: what they are is read from their bytes, and they lie where files may be taken from.

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import { isWithin, realOf } from './path.ts'

export const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const
export type ImageType = (typeof imageTypes)[number]

/** Bytes of one image. */
export const largestImage = 10 * 1024 * 1024

export interface CheckedImage {
  /** Absolute, without links. */
  readonly path: string
  readonly type: ImageType
  readonly size: number
}

/**
 * An image as it really is. Errors: `invalid` for a path that is no file, or no image of these types; `forbidden` for one
 * that does not lie in or below an allowed folder, links followed; `too_large` for more than {@link largestImage}.
 */
export async function checkImage(path: string, allowed: readonly string[], field = 'images'): Promise<CheckedImage> {
  const real = isAbsolute(path) ? await realOf(path) : null
  if (real === null) throw new DaybookError('invalid', `${path} is no file`, { field })
  const roots = await Promise.all(allowed.map(realOf))
  if (!roots.some((root) => root !== null && isWithin(real, root))) {
    throw new DaybookError('forbidden', `no image may be taken from ${path}`, { field })
  }
  // A pipe without a writer would hold a reader that waits; what became a link since is not followed.
  await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  const stats = await file.stat()
  if (!stats.isFile()) throw new DaybookError('invalid', `${path} is no file`, { field })
  if (stats.size > largestImage) {
    throw new DaybookError('too_large', `${path} is larger than ${largestImage} bytes`, { field })
  }
  const { buffer, bytesRead } = await file.read(new Uint8Array(12), 0, 12, 0)
  const type = imageType(buffer.subarray(0, bytesRead))
  if (type === null) throw new DaybookError('invalid', `${path} is no PNG, JPEG, WebP or GIF`, { field })
  return { path: real, type, size: stats.size }
}

/** From the first 12 bytes; null for anything else. */
export function imageType(bytes: Uint8Array): ImageType | null {
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'image/gif'
  return text.startsWith('RIFF') && text.slice(8) === 'WEBP' ? 'image/webp' : null
}
