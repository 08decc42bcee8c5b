// Changing one file: all of it or nothing, only where it still is what was read, told as an edit that can be taken back.

import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DaybookError } from '../../../../schema/errors.ts'
import { sha256 } from '../../../../store/hash.ts'
import { isMissing } from '../../files.ts'
import { diffOf, undone } from './diff.ts'
import { type Found, mostFileBytes, readText } from './place.ts'

/** A diff that is longer is left out, and then the change cannot be taken back from here. */
const longestDiff = 128 * 1024

/** What a change did, as it stands in a message of the log. */
export interface Edit {
  readonly [name: string]: string | number
  readonly type: 'edit'
  readonly path: string
  readonly operation: 'create' | 'update'
  /** SHA-256 of the whole file, base64url. */
  readonly after: string
  readonly added: number
  readonly removed: number
}

export interface Changed {
  readonly [name: string]: string | Edit
  readonly text: string
  readonly edit: Edit
}

/** The output's JSON Schema. */
export const changedShape = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    edit: {
      type: 'object',
      properties: {
        type: { const: 'edit' },
        path: { type: 'string' },
        operation: { enum: ['create', 'update'] },
        before: { type: 'string', description: 'SHA-256 of the file before, base64url.' },
        after: { type: 'string', description: 'SHA-256 of the file now: the hash that the next change takes.' },
        added: { type: 'integer' },
        removed: { type: 'integer' },
        diff: { type: 'string', description: 'Unified; left out where it is very long.' },
      },
      required: ['type', 'path', 'operation', 'after', 'added', 'removed'],
      additionalProperties: false,
    },
  },
  required: ['text', 'edit'],
  additionalProperties: false,
} as const

/** Null where there is no such file. */
export async function present(found: Found): Promise<{ readonly text: string; readonly hash: string } | null> {
  try {
    const { text, bytes } = await readText(found)
    return { text, hash: sha256(bytes) }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** @throws DaybookError `conflict`: somebody changed it since, or it is (not) there */
export function checkHash(path: string, hash: string | undefined, now: { readonly hash: string } | null): void {
  if (hash === undefined && now) {
    throw new DaybookError('conflict', `${path} is there already: read it, and give its hash to replace it`, {
      field: 'hash',
    })
  }
  if (hash !== undefined && hash !== now?.hash) {
    const is = now ? `it is ${now.hash} now` : 'it is not there'
    throw new DaybookError('conflict', `${path} is not what was read: ${is}`, { field: 'hash' })
  }
}

export async function change(found: Found, before: { text: string; hash: string } | null, text: string) {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > mostFileBytes) {
    throw new DaybookError('too_large', `${bytes.length} bytes; at most ${mostFileBytes}`, { field: 'text' })
  }
  await put(found.at, bytes)
  const { text: diff, added, removed } = diffOf(before?.text ?? '', text)
  const operation = before ? 'update' : 'create'
  const edit: Edit = {
    ...{ type: 'edit', path: found.path, operation, after: sha256(bytes), added, removed },
    ...(before ? { before: before.hash } : {}),
    ...(diff.length > longestDiff ? {} : { diff }),
  }
  return { text: `${operation === 'create' ? 'created' : 'changed'} ${found.path} +${added} −${removed}`, edit }
}

/** Beside it, then in its place: who reads it meanwhile sees the old or the new one, and a link there is not followed. */
async function put(at: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(at), { recursive: true })
  const fresh = join(dirname(at), `.${basename(at).slice(0, 64)}.${randomUUID().slice(0, 8)}`)
  try {
    const file = await open(fresh, 'wx', await modeOf(at))
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, at)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

async function modeOf(at: string): Promise<number> {
  try {
    return (await stat(at)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return 0o666
    throw error
  }
}

/**
 * As it was before the change. Nothing to do where it is so already.
 *
 * @throws DaybookError `conflict` where somebody changed it since, `invalid_state` where the diff was too long to be kept
 */
export async function takeBack(found: Found, edit: Edit): Promise<void> {
  const now = await present(found)
  const before = edit.before as string | undefined
  if (now?.hash === before) return
  checkHash(found.path, edit.after, now)
  if (before === undefined) return rm(found.at)
  const diff = edit.diff as string | undefined
  const text = diff === undefined ? null : undone(now?.text ?? '', diff)
  if (text === null || sha256(new TextEncoder().encode(text)) !== before) {
    throw new DaybookError('invalid_state', `${found.path} cannot be made what it was: its diff was not kept`)
  }
  await put(found.at, new TextEncoder().encode(text))
}
