// SHA-256 by node, whose crypto is loaded with the first hash: who opens a log only to read never pays for it.

import type { Hash } from '../schema/ids.ts'

let loaded: typeof import('node:crypto') | undefined

/** SHA-256 of bytes, or of a text's UTF-8, in base64url. */
export function sha256(data: string | Uint8Array): Hash {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded.hash('sha256', data, 'base64url')
}

/** As {@link sha256}, as bytes. */
export function digestOf(data: string | Uint8Array): Uint8Array {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded.hash('sha256', data, 'buffer')
}
