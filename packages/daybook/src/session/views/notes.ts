// The view `notes`: the worklog of a session.

import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { NotesView, NoteView } from './contract.ts'
import type { Moment } from './views.ts'

export async function notesView({ store, head }: Moment): Promise<NotesView> {
  const notes: NoteView[] = []
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds: ['note'] })) {
    const data = dataOf(entry, 'note')
    if (data) notes.push({ ...data, by: entry.actor, at: entry.at, seq: entry.seq })
  }
  return { notes }
}
