// A session as Markdown, piece by piece: its messages with hand-offs and notes between them, and its files.

import type { Session } from '../../../../session/contract.ts'
import type { FileView } from '../../../../session/views/contract.ts'
import { closed, code, inline, messageMarkdown } from './parts.ts'

/** The active history at the call; pieces are given in order and are separated by an empty line. */
export async function* sessionMarkdown(session: Session, timeZone: string): AsyncGenerator<string> {
  const head = await session.head()
  const at = { until: head.seq }
  const time = (moment: number) => shown(moment, timeZone)
  yield `# ${inline(head.name ?? head.title ?? head.session)}\n`
  yield [
    `- Session: \`${head.session}\``,
    `- Opened: ${time(head.createdAt)}`,
    `- Agent: ${inline(head.currentAgent)}`,
    `- Messages: ${head.messages}, runs: ${head.runs}, tokens: ${head.tokens}`,
    `- Up to entry: ${head.seq} (times: ${timeZone})\n`,
  ].join('\n')
  const between = await remarks(session, at, time)
  let next = 0
  for await (const message of (await session.view('history', at)).messages) {
    for (; (between[next]?.seq ?? Number.POSITIVE_INFINITY) < message.seq; next++) yield between[next]?.text ?? ''
    yield messageMarkdown(message, time(message.at))
  }
  for (const { text } of between.slice(next)) yield text
  const { files, pinned } = await session.view('files', at)
  yield* filesMarkdown(files, pinned)
}

interface Remark {
  readonly seq: number
  readonly text: string
}

async function remarks(
  session: Session,
  at: { readonly until: number },
  time: (moment: number) => string,
): Promise<readonly Remark[]> {
  const { notes } = await session.view('notes', at)
  const { history } = await session.view('agents', at)
  const noted = notes.map((note) => ({
    seq: note.seq,
    text: `## Note · ${note.type}\n\n*${time(note.at)} · ${note.seq} · ${inline(note.by)}*\n\n${closed(note.text)}\n`,
  }))
  const handed = history.map(({ from, to, reason, at: moment, seq }) => ({
    seq,
    text: `## Hand-off · ${inline(from)} → ${inline(to)}\n\n*${time(moment)} · ${seq}*\n${reason === '' ? '' : `\n${closed(reason)}\n`}`,
  }))
  return [...noted, ...handed].sort((a, b) => a.seq - b.seq)
}

/** Each path once, with what happened to it last. */
function* filesMarkdown(files: readonly FileView[], pinned: readonly string[]): Generator<string> {
  const last = new Map(files.map((file) => [file.to ?? file.path, file]))
  if (last.size === 0) return
  const kept = new Set(pinned)
  const lines = [...last].map(([path, { operation, added, removed }]) => {
    const size = added === undefined && removed === undefined ? '' : `, +${added ?? 0} −${removed ?? 0}`
    return `- \`${code(path)}\` (${operation}${size}${kept.has(path) && operation !== 'pin' ? ', pinned' : ''})`
  })
  yield `## Files\n\n${lines.join('\n')}\n`
}

function shown(moment: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone)
  return local.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}
