// The closed table of entry kinds: number, version, and who may write them. Their shapes are in `data.ts`.

/** Client, engine, run engine, process host, administrator, import. */
export type Writer = 'C' | 'E' | 'R' | 'P' | 'A' | 'I'

export interface KindRow {
  /** Stored in place of the name. Numbers below {@link firstRareKind} are bulky kinds outside the index of rare ones. */
  readonly number: number
  /** Version of the data's shape; older ones are lifted at read by `upcasters.ts`. */
  readonly version: number
  readonly writers: readonly Writer[]
}

export const firstRareKind = 16
/** Kinds of work, first and last: many where a session works, and read in the order of its runs. Neither bulky nor rare. */
export const workKinds = Object.freeze([32, 71] as const)

function row(number: number, writers: string, version = 1): KindRow {
  return Object.freeze({ number, version, writers: Object.freeze([...writers]) as readonly Writer[] })
}

export const kinds = Object.freeze({
  message: row(1, 'CERPI'),
  'process.output': row(2, 'RP'),
  'foreign.recorded': row(3, 'CRIP'),
  'session.opened': row(16, 'E'),
  'session.updated': row(17, 'E'),
  'session.archived': row(18, 'E'),
  'session.reopened': row(19, 'E'),
  'session.trashed': row(20, 'E'),
  'session.restored': row(21, 'E'),
  'session.deleted': row(22, 'E'),
  'session.rewound': row(23, 'E'),
  'session.shared': row(24, 'E'),
  'state.changed': row(25, 'CR'),
  handoff: row(26, 'ER'),
  note: row(27, 'CR'),
  pin: row(28, 'C'),
  summary: row(29, 'R'),
  'entry.erased': row(30, 'E'),
  'run.queued': row(32, 'R'),
  'run.started': row(33, 'R'),
  'run.waiting': row(34, 'R'),
  'run.finished': row(35, 'R'),
  'run.cancelled': row(36, 'R'),
  'run.withdrawn': row(37, 'R'),
  'run.edited': row(38, 'R'),
  'run.moved': row(39, 'R'),
  'run.steered': row(40, 'R'),
  'run.resumed': row(41, 'R'),
  'step.started': row(48, 'R'),
  'step.finished': row(49, 'R'),
  'step.resolved': row(50, 'R'),
  'step.undo_started': row(51, 'R'),
  'step.undone': row(52, 'R'),
  'approval.requested': row(56, 'R'),
  'approval.decided': row(57, 'R'),
  'approval.expired': row(58, 'R'),
  'question.asked': row(59, 'RP'),
  'question.answered': row(60, 'RP'),
  'wait.started': row(64, 'R'),
  'wait.ended': row(65, 'R'),
  'skill.added': row(72, 'RA'),
  'skill.retired': row(73, 'RA'),
  'transcript.adopted': row(80, 'I'),
  'program.bound': row(81, 'RP'),
  'process.started': row(82, 'RP'),
  'process.exited': row(83, 'RP'),
  'process.captured': row(84, 'RP'),
  'process.token_found': row(85, 'RP'),
  'process.ready': row(86, 'RP'),
  'process.auto_command_sent': row(87, 'RP'),
  'process.activity_changed': row(88, 'RP'),
  'process.interrupted': row(89, 'RP'),
  'process.token_refused': row(90, 'RP'),
  'branch.state_changed': row(91, 'RP'),
}) satisfies Readonly<Record<string, KindRow>>

export type Kind = keyof typeof kinds
export type { DataOf } from './data.ts'

export const kindNames = Object.freeze(Object.keys(kinds)) as readonly Kind[]
const byNumber = new Map<number, Kind>(kindNames.map((name) => [kinds[name].number, name]))

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name)
}

/** The kind a stored number stands for; undefined for numbers of a newer format. */
export function kindOfNumber(number: number): Kind | undefined {
  return byNumber.get(number)
}

export function mayWrite(name: Kind, writer: Writer): boolean {
  return kinds[name].writers.includes(writer)
}

/** The highest kind number this version knows; a file with higher ones is too new. */
export const lastKindNumber = Math.max(...kindNames.map((name) => kinds[name].number))
