// What the screen of a program says of its state: it is ready, wants the rest of a prompt, shows a dialog, or is at work.

import type { Sign } from '../../schema/states.ts'
import type { Look } from '../host/contract.ts'
import { findIn } from '../pattern.ts'
import type { Program } from '../resolve.ts'

/** Milliseconds without output after which a screen is taken for what it shows. */
export const quietMs = 80
/** Milliseconds without output after which a program that reads is taken to ask something, and one that says nothing else to be done. */
export const longQuietMs = 2_000

export type State =
  | { readonly type: 'ready'; readonly by: Sign }
  /** It shows that a prompt goes on. */
  | { readonly type: 'more' }
  | { readonly type: 'dialog'; readonly dialog: Dialog }
  | { readonly type: 'busy'; readonly by: Sign }
  | { readonly type: 'unknown' }

export interface Dialog {
  /** Which one it is, and its words. */
  readonly key: string
  /** Keys, or null where a person answers. */
  readonly answer: string | null
  /** The screen from the line on in which its words begin. */
  readonly shown: string
}

export interface Sighting {
  readonly look: Look
  readonly quiet: number
  /** Of the shell whose marks count; null where it has none. */
  readonly aid: string | null
  /** Something on the screen ticks. */
  readonly ticks: boolean
  /** Of those on the screen the first that nobody has answered. */
  readonly dialog: Dialog | null
}

const unknown: State = { type: 'unknown' }

/** The surest sign decides. `invalid` for an expression of the configuration that takes too long. */
export function stateOf({ pty }: Program, sighting: Sighting): State {
  const { look, aid, dialog } = sighting
  if (dialog) return { type: 'dialog', dialog }
  const told = toldBy(pty, look)
  if (told) return told
  if (matches(pty?.continuation_regex, look.line)) return { type: 'more' }
  const prompt = matches(pty?.prompt_regex, look.line)
  const { mark } = look
  if (aid !== null && mark !== null && mark.aid === aid) {
    if (mark.kind === 'B' && (prompt || pty?.prompt_regex === undefined)) return { type: 'ready', by: 'signal' }
    // Whoever sets another prompt in this shell takes its marks away.
    if (prompt && sighting.quiet >= longQuietMs && look.reads === true) return { type: 'ready', by: 'prompt' }
    return mark.kind === 'C' ? { type: 'busy', by: 'signal' } : unknown
  }
  if (pty?.prompt_regex !== undefined) return prompt ? { type: 'ready', by: 'prompt' } : unknown
  return pty?.idle === undefined && pty?.osc133 !== true ? byQuiet(sighting) : unknown
}

/** Those whose words are on the screen. */
export function dialogsOn({ pty }: Program, { text }: Look): Dialog[] {
  return (pty?.dialogs ?? []).flatMap(({ match, answer }, index) => {
    const [found] = findIn(match, [text.trimEnd()])
    const words = found?.captures[0] ?? ''
    const shown = text.slice(text.lastIndexOf('\n', text.lastIndexOf(words)) + 1)
    return found ? [{ key: `${index} ${words}`, answer, shown }] : []
  })
}

/** What it says of itself: state or title. */
function toldBy(pty: Program['pty'], { told, title }: Look): State | null {
  const says = (signal: NonNullable<Program['pty']>['busy']): boolean =>
    signal !== undefined &&
    ((told !== null && [signal.osc7501].flat().includes(told)) ||
      [signal.title].flat().some((piece) => piece !== undefined && piece !== '' && title.includes(piece)))
  if (says(pty?.busy)) return { type: 'busy', by: 'signal' }
  return says(pty?.idle) ? { type: 'ready', by: 'signal' } : null
}

/** Of one that tells its work and nothing else: it tells none any more, and its screen rests. */
export function isAtRest({ pty }: Program, state: State, quiet: number): boolean {
  return pty?.busy !== undefined && pty.idle === undefined && state.type === 'unknown' && quiet >= quietMs
}

/** Nothing else is known of it: it reads at the beginning of a line, or nobody can tell and what it has drawn does not move. */
function byQuiet({ look, quiet, ticks }: Sighting): State {
  if (look.reads === true && look.line === '') return { type: 'ready', by: 'quiet' }
  if (look.reads === null && quiet >= longQuietMs && !ticks && look.text.trim() !== '')
    return { type: 'ready', by: 'quiet' }
  return unknown
}

/** Whether what it prints draws a screen of its own, of which nobody can tell what is an answer. */
export function drawsScreen({ pty }: Program, { alternate, reads }: Look, aid: string | null): boolean {
  if (pty?.prompt_regex !== undefined || aid !== null) return false
  return alternate || pty?.idle !== undefined || reads === null
}

/** Whether only a look at what it reads can tell that it is ready. */
export function needsReads({ pty }: Program): boolean {
  return pty?.prompt_regex === undefined && pty?.osc133 !== true && pty?.idle === undefined
}

function matches(source: string | undefined, text: string): boolean {
  return source !== undefined && findIn(source, [text])[0] !== null
}
