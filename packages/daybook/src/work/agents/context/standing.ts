// What stands around the messages of a context as text: notes and pins, the summary, the state, and passages that were recalled.

import type { Seq } from '../../../schema/ids.ts'
import type { JsonObject } from '../../../schema/json.ts'
import { cutText } from './cut.ts'
import type { Looked, NoteEntry } from './log.ts'

export interface Section {
  readonly text: string
  readonly from?: Seq
  readonly to?: Seq
  readonly why: string
}

const longestNote = 600

/** Pinned files, and the newest notes that fit, instructions before all others. */
export function keptSection({ notes, pins }: Looked, most: number): Section | null {
  const lines: string[] = []
  let left = most
  if (pins) {
    const text = cutText(`Pinned files: ${pins.paths.join(', ')}`, Math.floor(most / 3), pins.to)
    lines.push(text)
    left -= text.length
  }
  const chosen = new Set<NoteEntry>()
  const newest = notes.toReversed()
  const wanted = [...newest.filter(isInstruction), ...newest.filter((note) => !isInstruction(note))]
  for (const note of wanted) {
    const { length } = lineOf(note)
    if (length + 1 > left) break
    left -= length + 1
    chosen.add(note)
  }
  const shown = notes.filter((note) => chosen.has(note))
  if (shown.length > 0) lines.push('Notes:', ...shown.map(lineOf))
  if (lines.length === 0) return null
  const seqs = [...shown.map(({ seq }) => seq), ...(pins ? [pins.from, pins.to] : [])]
  const left_ = notes.length - shown.length
  const facts = [
    pins ? `${pins.paths.length} pinned ${pins.paths.length === 1 ? 'file' : 'files'}` : '',
    shown.length > 0 ? `${shown.length} ${shown.length === 1 ? 'note' : 'notes'}` : '',
    left_ > 0 ? `${left_} older notes did not fit` : '',
  ]
  return {
    text: lines.join('\n'),
    from: Math.min(...seqs),
    to: Math.max(...seqs),
    why: facts.filter((fact) => fact !== '').join(', '),
  }
}

function isInstruction({ type }: NoteEntry): boolean {
  return type === 'instruction'
}

function lineOf({ type, text, seq }: NoteEntry): string {
  return `- ${type}: ${cutText(text.replace(/\s+/g, ' ').trim().toWellFormed(), longestNote, seq)} (entry ${seq})`
}

export function summarySection({ summary }: Looked, most: number): Section | null {
  if (!summary) return null
  const text = cutText(summary.text.trim().toWellFormed(), most, summary.seq)
  const { covers_seq: covers, model } = summary
  const by = model === undefined ? 'made without a model' : `by ${model}`
  return {
    text: `Summary of what came before, up to entry ${covers}:\n${text}`,
    from: 1,
    to: covers,
    why: `summary of entries 1 to ${covers}, written as entry ${summary.seq}, ${by}`,
  }
}

export function stateSection(state: JsonObject, seq: Seq, most: number): Section | null {
  const names = Object.keys(state)
  if (names.length === 0) return null
  const json = JSON.stringify(state).toWellFormed()
  const text = cutText(json, most, seq)
  const size = names.length === 1 ? '1 variable' : `${names.length} variables`
  return { text: `State of the session: ${text}`, why: text === json ? size : `${size}, cut in the middle` }
}
