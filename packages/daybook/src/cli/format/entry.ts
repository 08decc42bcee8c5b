// An entry in one line: who, and what it says.

import { stripVTControlCharacters } from 'node:util'
import type { EntryShape } from '../../schema/wire-shapes.ts'
import { callName, failureText } from './call.ts'
import { fromHome } from './path.ts'
import { shortDigest } from './run.ts'
import { bytes } from './time.ts'
import { oneLine } from './width.ts'

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function word(value: unknown): string {
  return typeof value === 'string' ? oneLine(value) : ''
}

/** Who stands in front of the line: the speaker of a message, else what kind of entry it is. */
export function speakerOf(entry: EntryShape): string {
  const data = fieldsOf(entry.data)
  if (entry.erased) return 'erased'
  if (entry.kind !== 'message') return entry.kind.split('.')[0] ?? entry.kind
  if (data.role === 'user') return word(data.name) || (entry.actor === 'user:local' ? 'you' : oneLine(entry.actor))
  return word(data.agent) || word(data.name) || word(data.role)
}

/** What the entry says, on one line, harmless to a terminal. */
export function lineOf(entry: EntryShape): string {
  if (entry.erased) return `${entry.kind}, emptied for ever`
  const data = fieldsOf(entry.data)
  const say = sayings[entry.kind]
  return oneLine(say === undefined ? `${entry.kind} ${JSON.stringify(data)}` : say(data))
}

const joined = (...words: readonly string[]): string => words.filter((each) => each !== '').join(' ')
const because = (data: Fields): string => (word(data.reason) === '' ? '' : `: ${word(data.reason)}`)

const performer = (data: Fields): string => word(data.skill) || word(data.agent)
const failing = (error: unknown): string =>
  error === undefined ? '' : `with an error: ${word(fieldsOf(error).message)}`
const textOfInput = (input: unknown): string =>
  typeof input === 'string' ? word(input) : JSON.stringify(input ?? null)

const sayings: Readonly<Record<string, (data: Fields) => string>> = {
  message: (data) => joined(textOf(data), partsOf(data.parts)),
  note: (data) => `${word(data.type)}: ${String(data.text)}`,
  pin: (data) => `${data.on === true ? 'pinned' : 'no longer pinned'} ${word(data.path)}`,
  handoff: (data) => `${word(data.from)} → ${word(data.to)}${because(data)}`,
  summary: (data) => `up to ${String(data.covers_seq)}: ${String(data.text)}`,
  'session.opened': (data) => {
    const base = fieldsOf(data.base)
    return joined('opened', 'seq' in base ? `as a fork of ${word(base.session_id)} at ${String(base.seq)}` : '')
  },
  'session.updated': (data) =>
    data.model === undefined
      ? `changed ${Object.keys(data).join(', ')}`
      : data.model === null
        ? 'asks the models of its agents again'
        : `asks ${word(data.model)} from here on`,
  'session.archived': (data) => `archived${because(data)}`,
  'session.reopened': () => 'opened again',
  'session.trashed': () => 'put into the trash',
  'session.restored': () => 'restored',
  'session.deleted': () => 'deleted',
  'session.rewound': (data) => `rewound: the history ends at ${String(data.to)}`,
  'session.shared': (data) => `readers: ${JSON.stringify(data.readers)}`,
  'state.changed': (data) => `${word(data.scope)}: ${Object.keys(fieldsOf(data.patch)).join(', ')}`,
  'run.queued': (data) => joined('queued', performer(data), word(data.undoes) === '' ? '' : 'to undo a run'),
  'run.started': (data) => joined('started', performer(data)),
  'run.steered': (data) => joined('steered:', textOfInput(data.input)),
  'run.resumed': () => 'goes on: its budget has room again',
  'run.edited': (data) => joined('changed in the queue:', textOfInput(data.input)),
  'run.moved': (data) => (data.before === null ? 'moved to the end of the queue' : 'moved forward in the queue'),
  'run.withdrawn': () => 'taken out of the queue',
  'run.waiting': (data) =>
    data.reason === 'budget_paused'
      ? `paused: ${word(data.summary)}`
      : joined('waits for', word(data.reason), word(data.summary)),
  'run.finished': (data) => {
    const { exit_code: code } = fieldsOf(data.output)
    const exit = typeof code === 'number' && code !== 0 ? `with exit ${code}` : ''
    return joined(word(data.status), exit, word(data.reason), word(fieldsOf(data.error).message))
  },
  'run.cancelled': (data) => `cancelled${because(data)}`,
  'step.started': (data) => joined('started', word(data.name)),
  'step.finished': (data) => (data.unknown === true ? 'outcome unknown' : joined('finished', failing(data.error))),
  'step.resolved': (data) => joined('resolved as', word(data.resolution), because(data)),
  'step.undo_started': (data) => joined('undoing', word(data.name)),
  'step.undone': (data) => joined('undone', failing(data.error)),
  'wait.started': (data) => joined('waits until', word(data.until), word(data.name)),
  'wait.ended': () => 'goes on',
  'approval.requested': (data) => joined(word(data.summary), '· digest', shortDigest(word(data.digest))),
  'approval.decided': (data) => joined(word(data.decision), 'by', word(data.by)),
  'approval.expired': () => 'expired',
  'question.asked': (data) => word(data.summary),
  'question.answered': (data) => `answered: ${JSON.stringify(data.answer)}`,
  'process.ready': (data) => `takes the prompt, known by ${word(data.by)}`,
  'process.auto_command_sent': (data) => joined(data.ok === true ? 'set up:' : 'not set up:', word(data.text)),
  'process.activity_changed': (data) => joined(data.active === true ? 'at work' : 'quiet', word(data.value)),
  'process.interrupted': (data) => `interrupted by ${word(data.by)}`,
  'branch.state_changed': (data) => gitOf(data),
  'process.token_refused': (data) => joined(word(data.program), 'begins another session of its own'),
  'program.bound': (data) => joined(word(data.program), `(${word(data.driver)})`, 'in', fromHome(word(data.workdir))),
  'process.started': (data) =>
    joined(
      `started ${word(data.program)},`,
      `process ${String(data.pid)}`,
      data.resumed === true ? 'where it left off' : '',
      word(data.version) === '' ? '' : `· ${word(data.version)}`,
    ),
  'process.output': (data) =>
    joined(data.stream === 'err' ? 'error:' : '', stripVTControlCharacters(String(data.text))),
  'process.exited': (data) => `${exitOf(data)} · printed ${bytes(Number(data.bytes))}`,
  'process.captured': (data) => `kept ${bytes(Number(data.bytes))} as it was printed`,
  'process.token_found': (data) => `${word(data.program)} goes on by ${word(data.value)}`,
  'foreign.recorded': (data) => joined(word(data.source), word(data.type)),
  'transcript.adopted': (data) =>
    joined(String(data.records), 'records of', word(data.source), 'as they stood in', word(data.path)),
  'entry.erased': (data) => `emptied ${JSON.stringify(data.seqs)}`,
}

/** `on main · merge, 2 files in conflict: a.txt, b.txt`. */
function gitOf({ branch, kinds, conflicts, files }: Fields): string {
  const names = Array.isArray(files) ? files.map((file) => oneLine(word(fieldsOf(file).path))) : []
  const unfinished = Array.isArray(kinds) ? kinds.map(word).join(', ') : ''
  const count = Number(conflicts)
  const conflict =
    count === 0 ? '' : `${count} ${count === 1 ? 'file' : 'files'} in conflict: ${names.slice(0, 3).join(', ')}`
  const state = [unfinished, conflict].filter((each) => each !== '').join(', ')
  return joined(branch === null ? 'on no branch' : `on ${oneLine(word(branch))}`, state === '' ? '' : `· ${state}`)
}

/** `exit 3`, `ended by SIGKILL`, or that nobody saw it. */
export function exitOf({ exit_code: code, signal }: Fields): string {
  if (typeof code === 'number') return `exit ${code}`
  return typeof signal === 'string' ? `ended by ${oneLine(signal)}` : 'ended, and nobody saw how'
}

function textOf(data: Fields): string {
  return typeof data.content === 'string' ? data.content : ''
}

/** Calls by name, edits by path; texts repeat the content. */
function partsOf(parts: unknown): string {
  if (!Array.isArray(parts)) return ''
  const said = parts.map(fieldsOf).flatMap((part) => {
    if (part.type === 'call') return [`[${callName(word(part.name))}]`]
    if (part.type === 'result') return [part.error === true ? `[failed: ${failureText(part.output, 120)}]` : '[result]']
    if (part.type === 'edit') return [`[${word(part.operation)} ${word(part.path)}${changed(part)}]`]
    if (part.type === 'file') return [`[file ${word(part.name)}]`]
    return []
  })
  return said.length > 6 ? [...said.slice(0, 5), `[${said.length - 5} more]`].join(' ') : said.join(' ')
}

function changed(part: Fields): string {
  if (typeof part.added !== 'number' && typeof part.removed !== 'number') return ''
  return ` +${Number(part.added ?? 0)} −${Number(part.removed ?? 0)}`
}
