// The view `files`: which paths were edited or pinned, by which entry.

import type { Part } from '../../schema/parts.ts'
import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { FilesView, FileView } from './contract.ts'
import type { Moment } from './views.ts'

/** Bodies without this text hold no edit: most messages are passed over without parsing. */
const editMark = '"type":"edit"'

export async function filesView({ store, head }: Moment): Promise<FilesView> {
  const files: FileView[] = []
  const pinned = new Set<string>()
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds: ['message', 'pin'] })) {
    const place = { seq: entry.seq, at: entry.at }
    if (entry.kind === 'pin') {
      const data = dataOf(entry, 'pin')
      if (data?.path === undefined) continue
      if (data.on) pinned.add(data.path)
      else pinned.delete(data.path)
      files.push({ path: data.path, operation: data.on ? 'pin' : 'unpin', ...place })
    } else if (entry.body?.includes(editMark)) {
      for (const part of dataOf(entry, 'message')?.parts ?? [])
        if (part.type === 'edit') files.push({ ...edit(part), ...place })
    }
  }
  return { files, pinned: [...pinned] }
}

function edit(part: Extract<Part, { type: 'edit' }>): Omit<FileView, 'seq' | 'at'> {
  const { path, operation, before, after, to, added, removed } = part
  return {
    path,
    operation,
    ...(before === undefined ? undefined : { before }),
    ...(after === undefined ? undefined : { after }),
    ...(to === undefined ? undefined : { to }),
    ...(added === undefined ? undefined : { added }),
    ...(removed === undefined ? undefined : { removed }),
  }
}
