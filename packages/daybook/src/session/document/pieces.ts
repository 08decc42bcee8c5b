// What a document of a session is made of, in order: its messages with hand-offs and notes between them, then its files.

import type { Head } from '../../schema/heads.ts'
import type { Session } from '../contract.ts'
import type { FileView, Handoff, HistoryMessage, NoteView } from '../views/contract.ts'

export type Piece =
  | { readonly type: 'message'; readonly message: HistoryMessage }
  | { readonly type: 'note'; readonly note: NoteView }
  | { readonly type: 'handoff'; readonly handoff: Handoff }
  | { readonly type: 'files'; readonly files: readonly TouchedFile[] }

/** A path with what happened to it last. */
export interface TouchedFile extends FileView {
  readonly pinned: boolean
}

/** The active history up to the head. */
export async function* piecesOf(session: Session, head: Head): AsyncGenerator<Piece> {
  const at = { until: head.seq }
  const between = await remarks(session, at)
  let next = 0
  for await (const message of (await session.view('history', at)).messages) {
    for (; (between[next]?.seq ?? Number.POSITIVE_INFINITY) < message.seq; next++) yield (between[next] as Remark).piece
    yield { type: 'message', message }
  }
  for (const { piece } of between.slice(next)) yield piece
  const { files, pinned } = await session.view('files', at)
  const kept = new Set(pinned)
  const last = new Map(files.map((file) => [file.to ?? file.path, file]))
  const touched = [...last].map(([path, file]) => ({ ...file, path, pinned: kept.has(path) }))
  if (touched.length > 0) yield { type: 'files', files: touched }
}

interface Remark {
  readonly seq: number
  readonly piece: Piece
}

async function remarks(session: Session, at: { readonly until: number }): Promise<readonly Remark[]> {
  const { notes } = await session.view('notes', at)
  const { history } = await session.view('agents', at)
  const noted = notes.map((note): Remark => ({ seq: note.seq, piece: { type: 'note', note } }))
  const handed = history.map((handoff): Remark => ({ seq: handoff.seq, piece: { type: 'handoff', handoff } }))
  return [...noted, ...handed].sort((a, b) => a.seq - b.seq)
}

/** A moment to the second, in an IANA time zone. */
export function shown(moment: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone)
  return local.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

/** Lines that an edit added and removed, where that is known. */
export function sizeOf({ added, removed }: Pick<FileView, 'added' | 'removed'>): string {
  return added === undefined && removed === undefined ? '' : `, +${added ?? 0} −${removed ?? 0}`
}
