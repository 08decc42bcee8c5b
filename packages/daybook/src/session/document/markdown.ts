// A session as Markdown, piece by piece: its messages with hand-offs and notes between them, and its files.

import type { Session } from '../contract.ts'
import { closed, code, inline, messageMarkdown } from './markdown-parts.ts'
import { type Piece, piecesOf, shown, sizeOf, type TouchedFile } from './pieces.ts'

/** The active history at the call; pieces are given in order and are separated by an empty line. */
export async function* sessionMarkdown(session: Session, timeZone: string): AsyncGenerator<string> {
  const head = await session.head()
  const time = (moment: number) => shown(moment, timeZone)
  yield `# ${inline(head.name ?? head.title ?? head.session)}\n`
  yield [
    `- Session: \`${head.session}\``,
    `- Opened: ${time(head.createdAt)}`,
    `- Agent: ${inline(head.currentAgent)}`,
    `- Messages: ${head.messages}, runs: ${head.runs}, tokens: ${head.tokens}`,
    `- Up to entry: ${head.seq} (times: ${timeZone})\n`,
  ].join('\n')
  for await (const piece of piecesOf(session, head)) yield pieceMarkdown(piece, time)
}

function pieceMarkdown(piece: Piece, time: (moment: number) => string): string {
  switch (piece.type) {
    case 'message':
      return messageMarkdown(piece.message, time(piece.message.at))
    case 'note': {
      const { type, text, at, seq, by } = piece.note
      return `## Note · ${type}\n\n*${time(at)} · ${seq} · ${inline(by)}*\n\n${closed(text)}\n`
    }
    case 'handoff': {
      const { from, to, reason, at, seq } = piece.handoff
      const why = reason === '' ? '' : `\n${closed(reason)}\n`
      return `## Hand-off · ${inline(from)} → ${inline(to)}\n\n*${time(at)} · ${seq}*\n${why}`
    }
    case 'files':
      return `## Files\n\n${piece.files.map(fileMarkdown).join('\n')}\n`
  }
}

function fileMarkdown(file: TouchedFile): string {
  const pinned = file.pinned && file.operation !== 'pin' ? ', pinned' : ''
  return `- \`${code(file.path)}\` (${file.operation}${sizeOf(file)}${pinned})`
}
