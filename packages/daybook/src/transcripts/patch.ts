// The patches that models of Codex write: which files they add, change, move and remove.

import { isAbsolute, join } from 'node:path'
import type { Edited } from './parts.ts'

const begins = '*** Begin Patch'
const heads = /^\*\*\* (Add|Update|Delete) File: (.+)$/
const moves = /^\*\*\* Move to: (.+)$/

/** The edits of the patch inside of a text: a command may carry it. Relative paths stand below `cwd`. */
export function editsOfPatch(text: string, cwd: string | undefined): readonly Edited[] {
  const start = text.indexOf(begins)
  if (start < 0) return []
  const end = text.indexOf('*** End Patch', start)
  const lines = text.slice(start + begins.length, end < 0 ? undefined : end).split('\n')
  const edits: Edited[] = []
  let head: Head | null = null
  let body: string[] = []
  const close = () => {
    if (head) edits.push(editOf(head, body))
    body = []
  }
  for (const line of lines) {
    const [, what, path = ''] = heads.exec(line) ?? []
    const [, to] = moves.exec(line) ?? []
    if (what !== undefined) {
      close()
      head = { operation: what === 'Add' ? 'create' : what === 'Delete' ? 'delete' : 'update', path: below(path, cwd) }
    } else if (to !== undefined) head = moved(head, below(to, cwd))
    else if (line !== '') body.push(line)
  }
  close()
  return edits
}

type Head = Pick<Edited, 'operation' | 'path' | 'to'>

function moved(head: Head | null, to: string): Head | null {
  return head && { ...head, operation: 'rename', to }
}

function editOf(head: Head, body: readonly string[]): Edited {
  if (head.operation === 'create') {
    return { ...head, after: body.map((line) => `${line.replace(/^\+/, '')}\n`).join('') }
  }
  return body.length === 0 ? head : { ...head, diff: `${body.join('\n')}\n` }
}

export function below(path: string, cwd: string | undefined): string {
  const trimmed = path.trim()
  return isAbsolute(trimmed) || cwd === undefined ? trimmed : join(cwd, trimmed)
}
