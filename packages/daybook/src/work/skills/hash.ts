// The content hash of a skill: of the files of its folder, or of its definition.

import type { Hash } from '../../schema/ids.ts'
import { sha256 } from '../../store/hash.ts'

/** SHA-256 over the sorted relative paths and the bytes of all files; each file counts with its own hash, so none runs into the next. */
export function hashOfFiles(files: ReadonlyMap<string, Uint8Array>): Hash {
  const lines = [...files].map(([path, bytes]): [string, Hash] => [path, sha256(bytes)])
  return sha256(JSON.stringify(lines.sort(([one], [other]) => (one < other ? -1 : 1))))
}

/** SHA-256 of the definition as JSON with sorted names, its functions as their sources. */
export function hashOfDefinition(definition: object): Hash {
  return sha256(JSON.stringify(canonical(definition)))
}

function canonical(value: unknown): unknown {
  if (typeof value === 'function') return { function: String(value) }
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return members.map(([name, member]) => [name, canonical(member)])
}
