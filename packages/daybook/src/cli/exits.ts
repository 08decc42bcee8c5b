// The exit codes of the command line and the refusals that end a command with one.

import { type DaybookError, isDaybookError } from '../schema/errors.ts'

export const exits = Object.freeze({
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  notAllowed: 5,
  unreachable: 6,
  needsPerson: 7,
  interrupted: 130,
})
export type ExitCode = (typeof exits)[keyof typeof exits]

export const exitMeanings: Readonly<Record<ExitCode, string>> = Object.freeze({
  0: 'It went well.',
  1: 'The work failed: a run did, damage was found, a disk refused, a fault of daybook.',
  2: 'The command is not understood, or names several sessions.',
  3: 'There is no such session, entry or file.',
  4: 'Something else was first, work is open, or it is decided already.',
  5: 'Not allowed.',
  6: 'No server or no store answers there.',
  7: 'A person must decide: a run waits for one, or there is no terminal to ask on (or the person said no).',
  130: 'Interrupted with Ctrl-C.',
})

export interface Lines {
  /** One line each: what happened, why, what to type next. */
  readonly what: string
  readonly why?: string
  readonly next?: string
}

/** Ends a command: what people read in three lines, and the code that programs read. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly exit: ExitCode
  readonly code: string
  readonly lines: Lines

  constructor(exit: ExitCode, code: string, lines: Lines) {
    super(lines.what)
    this.exit = exit
    this.code = code
    this.lines = lines
  }
}

/** A command line that is not understood. */
export function misuse(what: string, next?: string, why?: string): Refusal {
  return new Refusal(exits.usage, 'invalid', {
    what,
    ...(why === undefined ? {} : { why }),
    ...(next === undefined ? {} : { next }),
  })
}

/** Every failure as a refusal; unknown ones are faults of daybook. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isDaybookError(error)) {
    const { code, row, message } = error
    const hint = error.hint ?? (code === 'unreachable' ? 'daybook doctor' : undefined)
    const why = whyOf(error)
    return new Refusal(row.exit satisfies number as ExitCode, code, {
      what: message,
      ...(why === undefined ? {} : { why }),
      ...(hint === undefined ? {} : { next: hint }),
    })
  }
  const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  if (error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))) {
    return new Refusal(exits.failed, 'failed', { what, why: 'The system refused it.' })
  }
  return new Refusal(exits.failed, 'internal', {
    what,
    why: 'This is a fault of daybook; please report it.',
    next: 'the same again with --verbose says where',
  })
}

/** The table's reason, where it says more than the message. */
function whyOf({ code, field, row, seq }: DaybookError): string | undefined {
  if (seq !== undefined) return `${row.when} It is ${seq}.`
  if (code === 'invalid_state' || code === 'damaged' || code === 'unreachable') return undefined
  return code === 'invalid' ? field && `It is about ${field}.` : row.when
}
