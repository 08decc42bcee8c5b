// A person at a process: its screen on theirs, their keys to it, over restarts of the server, until they leave or it ends.

import type { AttachFrame, Attachment, RemoteProcesses } from '../client/processes.ts'
import type { SessionShape } from '../schema/wire-shapes.ts'
import type { Context } from './context.ts'
import { type ExitCode, exits, Refusal } from './exits.ts'
import { oneLine } from './format/width.ts'
import { Leaving } from './leaving.ts'
import type { Screen } from './screen.ts'

/** Off with all that a program may have asked of the screen, and a line of one's own. */
const plain = '\x1b[?1049l\x1b[?1000;1002;1003;1004;1006;2004l\x1b[?1l\x1b>\x1b[<u\x1b[?25h\x1b[0m\r\n'

export interface Attached {
  readonly session: SessionShape
  readonly process: string
  readonly program: string
}

/** The processes of a server; a store has none to attach to. */
export async function processesOf(context: Context): Promise<RemoteProcesses> {
  const { processes } = await context.backend()
  if (processes) return processes()
  throw new Refusal(exits.unreachable, 'unreachable', {
    what: 'no server works here',
    why: 'A process lives on beside a server, and is reached through it.',
    next: `${context.me} serve`,
  })
}

/** Refused where there is no screen. */
export function screenFor({ host, me }: Context): Screen {
  if (host.screen) return host.screen
  throw new Refusal(exits.needsPerson, 'needs_person', {
    what: 'this needs a terminal: both its keyboard and its screen',
    next: `${me} say "…"   gives a prompt from anywhere`,
  })
}

export async function attachTo(context: Context, { session, process, program }: Attached): Promise<ExitCode> {
  const screen = screenFor(context)
  const { output, host, me } = context
  const processes = await processesOf(context)
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, host.signal])
  const attachment = processes.attach(session.session_id, process, { ...screen.size(), signal })
  const what = `${oneLine(program)} in ${session.tail}`
  output.hint(`attached to ${what}   Ctrl-\\ then d leaves it running`)
  let end: Extract<AttachFrame, { type: 'exit' }> | null = null
  try {
    screen.onResize(({ cols, rows }) => attachment.resize(cols, rows), signal)
    screen.keys(typing(attachment, stop), signal)
    for await (const frame of attachment) {
      if (frame.type === 'exit') end = frame
      await show(frame, screen)
    }
  } finally {
    stop.abort()
    await screen.write(plain)
  }
  const { exit_code = null, signal: by = null } = end ?? {}
  const ids = { session_id: session.session_id, process_id: process }
  if (output.json) output.object({ ...ids, left: end === null, exit_code, signal: by })
  if (end) output.hint(`${what} ended ${howOf(end)}`)
  else output.hint(`left ${what}   ${me} attach ${session.tail}`)
  return exits.ok
}

function typing(attachment: Attachment, stop: AbortController): (keys: Buffer) => void {
  const leaving = new Leaving()
  return (pressed) => {
    const { keys, left } = leaving.take(pressed)
    if (keys.length > 0) attachment.type(keys)
    if (left) stop.abort()
  }
}

async function show(frame: AttachFrame, screen: Screen): Promise<void> {
  switch (frame.type) {
    case 'snapshot': {
      const title = frame.title === '' ? '' : titled(frame.title)
      return screen.write(`\x1b[0m\x1b[2J\x1b[3J\x1b[H${frame.ansi}${title}${frame.cursor_hidden ? '\x1b[?25l' : ''}`)
    }
    case 'output':
      return screen.write(frame.bytes)
    case 'lost':
      // The screen is the program's: what is written on it would be missing there. So the title says it, with a bell.
      return screen.write(`${titled('connection lost, trying again')}\x07`)
    case 'resumed':
      return screen.write(titled(''))
    default:
  }
}

function titled(text: string): string {
  return `\x1b]2;${text.replaceAll(/\p{Cc}/gu, '')}\x07`
}

function howOf({ exit_code, signal }: Extract<AttachFrame, { type: 'exit' }>): string {
  if (signal !== null) return `by ${signal}`
  return exit_code === null ? 'and nobody saw how' : `with ${exit_code}`
}
