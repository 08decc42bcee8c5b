// A run in words: what it is called, what it waits for, how it ended.

import type { Json } from '../../schema/json.ts'
import type { RunShape } from '../../schema/wire-shapes.ts'
import { textOf } from '../../work/entry.ts'
import { isOpening } from '../../work/programs/prompt.ts'
import { clock, many } from './time.ts'
import { oneLine } from './width.ts'

/** Who performs it. */
export function performerOf({ skill, agent }: Pick<RunShape, 'skill' | 'agent'>): string {
  return oneLine(skill ?? agent ?? '')
}

/** Its status, with the reason where there is one. */
export function statusOf({ status, reason }: Pick<RunShape, 'status' | 'reason'>): string {
  return reason === undefined ? status : `${status} (${reason})`
}

/** What a run was asked, on one line. */
export function inputOf({ input }: { readonly input?: unknown }): string {
  if (isOpening(input as Json | undefined)) return 'opened'
  return oneLine(textOf(input as Json | undefined))
}

/** `2 steps`, and which of them did not go well. */
export function stepsOf({ steps }: Pick<RunShape, 'steps'>): string {
  if (steps.length === 0) return ''
  const bad = steps.filter(({ status }) => status === 'failed' || status === 'unknown' || status === 'undone')
  const words = bad.map(({ name, status }) => `${oneLine(name)} ${status}`)
  return [many(steps.length, 'step'), ...words].join(', ')
}

/** When it goes on by itself, what pauses it, or why it ended. */
export function endingOf({ until, error, output, budget, summary }: RunShape, now: number): string {
  if (budget !== undefined && summary !== undefined) return oneLine(summary)
  if (until !== undefined) return `until ${clock(Date.parse(until), now)}`
  return oneLine(error?.message ?? textOf(output as Json | undefined))
}

/** The first letters of a digest: enough to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.length > 4 ? `${oneLine(digest).slice(0, 4)}…` : oneLine(digest)
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(number: number): string {
  const tens = number % 100
  const end = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${end}`
}

/** Unfinished output on its way; empty texts where there is none of that kind. */
export function textOfDelta(delta: unknown): {
  readonly run: string
  readonly text: string
  readonly progress: string
} {
  const fields = (typeof delta === 'object' && delta !== null ? delta : {}) as Readonly<Record<string, unknown>>
  const text = (name: string): string => (typeof fields[name] === 'string' ? (fields[name] as string) : '')
  return { run: text('run_id'), text: text('text'), progress: text('progress') }
}

/** The text of what a delta takes the place of, where it tells all of a step so far; null for any other. */
export function textSoFar(delta: unknown): string | null {
  const { so_far: parts } = (typeof delta === 'object' && delta !== null ? delta : {}) as { so_far?: unknown }
  if (!Array.isArray(parts)) return null
  return (parts as { type?: unknown; text?: unknown }[])
    .map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : ''))
    .join('')
}
