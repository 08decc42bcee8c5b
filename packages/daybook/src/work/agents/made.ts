// What a skill made of files, as parts of the message that tells its result: edits and files stand there once, for every view.

import type { Json, JsonObject } from '../../schema/json.ts'
import type { Part } from '../../schema/parts.ts'

export interface Told {
  /** What the model is given as the result. */
  readonly output: Json | undefined
  readonly parts: readonly Part[]
}

/** An output with `edit` or `files` in the form of such parts; the model gets the hash of an edited file instead. */
export function madeBy(output: Json | undefined): Told {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return { output, parts: [] }
  const { edit, files, ...rest } = output as JsonObject
  const isEdit = isPart(edit, 'edit') && typeof edit.path === 'string'
  const isFiles = Array.isArray(files) && files.length > 0 && files.every((one: Json) => isPart(one, 'file'))
  if (!isEdit && !isFiles) return { output, parts: [] }
  const { path, after } = isEdit ? edit : {}
  return {
    output: {
      ...rest,
      ...(isEdit ? { path: path ?? null, hash: after ?? null } : kept('edit', edit)),
      ...(isFiles ? {} : kept('files', files)),
    },
    parts: [...(isEdit ? [edit] : []), ...(isFiles ? files : [])] as unknown as readonly Part[],
  }
}

function isPart(value: Json | undefined, type: string): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && (value as JsonObject).type === type
}

function kept(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}
