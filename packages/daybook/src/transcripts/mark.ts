// The mark in a transcript that daybook wrote itself, by which its readers know it again.

import { isSessionId, type Seq, type SessionId } from '../schema/ids.ts'
import { textOf } from './fields.ts'

/** Where a transcript was written from, as a text that its program keeps and does not read. */
export function originMark({ session, seq }: { readonly session: SessionId; readonly seq: Seq }): string {
  return `daybook:${session}@${seq}`
}

export function originIn(mark: unknown): { readonly session: SessionId; readonly seq: Seq } | undefined {
  const [, session = '', seq] = /^daybook:(.+)@(\d{1,15})$/.exec(textOf(mark) ?? '') ?? []
  return isSessionId(session) ? { session, seq: Number(seq) } : undefined
}

/** Ids of ours are derived, not random, and their digits say so: no other file is opened for this. */
export function mayBeOurs(id: string): boolean {
  return id[14] === '8'
}
