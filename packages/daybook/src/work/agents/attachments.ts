// Files that a person sends with a text: how they stand in the input of a run, and whether a model takes them.

import type { Model } from '../../model/contract.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import { isPictureType, isSeenType, isTextType } from '../../schema/media.ts'
import type { Part } from '../../schema/parts.ts'
import { RunFailure } from '../failure.ts'
import type { Turn } from '../performer.ts'

type FilePart = Extract<Part, { type: 'file' }>

/** Most files of one message. */
export const mostFiles = 32

/**
 * The files of an input `{text, files: [{blob, name?, media_type?, size?}]}` as parts of its message; none where it has no such
 * field. What is no file is passed over: the message is written before anybody performs the run.
 */
export function filesOf(input: Json | undefined): readonly FilePart[] {
  const files = typeof input === 'object' && input !== null ? (input as JsonObject).files : undefined
  if (!Array.isArray(files)) return []
  return files.slice(0, mostFiles).flatMap((file) => partOf(file) ?? [])
}

function partOf(file: Json): FilePart | null {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return null
  const { blob, name, media_type, size } = file as JsonObject
  if (typeof blob !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(blob)) return null
  return {
    type: 'file',
    blob,
    ...(typeof name === 'string' ? { name: name.slice(0, 1024) } : undefined),
    ...(typeof media_type === 'string' ? { media_type: media_type.slice(0, 256) } : undefined),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { size } : undefined),
  }
}

/**
 * What was sent with this turn has to reach the model.
 *
 * @throws RunFailure `refused` with `unsupported_media` for a file that the model does not take
 */
export async function checkAttachments({ input }: Turn, { facts }: Model): Promise<void> {
  for (const { name = 'a file', media_type: type = 'application/octet-stream' } of filesOf(input)) {
    if (isTextType(type) || isSeenType(type, facts)) continue
    const why = isPictureType(type) ? 'takes no images' : `takes no files of ${type}`
    throw new RunFailure('refused', `${facts.name} ${why}: ${name} cannot be sent to it`, 'unsupported_media')
  }
}
