// Files that somebody sends with a text: what kind each is, and why one cannot go.

import { isPictureType, isTextType } from 'daybook/client'

export interface Attached {
  readonly blob: string
  readonly name?: string
  readonly media_type?: string
  readonly size?: number
}

/** Bytes of one file, and files of one message. */
export const mostBytes = 8 << 20
export const mostFiles = 32

export type Refusal = 'empty' | 'tooLarge' | 'tooMany' | 'noText'

/** Whether these first bytes are those of a text: whole letters of UTF-8, and no byte that no text has. */
export function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Type under which a file goes; null: no model takes it. Browsers know few types of texts: they are told by their bytes. */
export function mediaType(type: string, first: Uint8Array): string | null {
  if (isPictureType(type)) return type
  if (!isText(first)) return null
  return isTextType(type) ? type : 'text/plain'
}

/** `before`: files that go already. Null: it may go, as far as its size says. */
export function refusalOf({ size }: { readonly size: number }, before: number): Refusal | null {
  if (before >= mostFiles) return 'tooMany'
  if (size === 0) return 'empty'
  return size > mostBytes ? 'tooLarge' : null
}

/** The text of an input, and its files. */
export function saidIn(input: unknown): { readonly text: string; readonly files: readonly Attached[] } {
  if (typeof input === 'string') return { text: input, files: [] }
  const { text, files } = (input ?? {}) as { readonly text?: unknown; readonly files?: unknown }
  if (typeof text !== 'string') return { text: input == null ? '' : JSON.stringify(input, null, 2), files: [] }
  return { text, files: Array.isArray(files) ? (files as readonly Attached[]) : [] }
}

export function inputOf(
  text: string,
  files: readonly Attached[],
): string | { text: string; files: readonly Attached[] } {
  return files.length === 0 ? text : { text, files }
}
