// Whether a program is at work although it says nothing: something on its screen counts, spins or grows.

import { findIn } from './pattern.ts'

/** What is known of the activity of one process; names as people and clients know them, times in milliseconds since 1970. */
export interface TickState {
  /** When it last printed anything; null: never. */
  readonly last_output_ts: number | null
  readonly last_tick_ts: number | null
  readonly last_tick_value: string | null
  /** How often the value was another than before, the first time included. */
  readonly tick_seen: number
}

export const noTicks: TickState = Object.freeze({
  last_output_ts: null,
  last_tick_ts: null,
  last_tick_value: null,
  tick_seen: 0,
})

/** What is looked at, as far as a driver has it. */
export interface Sight {
  /** The lines of the screen; the last eight count. */
  readonly screen: string
  readonly title?: string
  /** What the program said of its own state (OSC 7501). */
  readonly told?: string
}

/** Milliseconds: three times the slowest tick that was measured. */
export const tickWindowMs = 3000
const rows = 8
/** Characters of a screen line, of a title. */
const longestLine = 1000

const spinners = /[\u2800-\u28ff■⬝◐◓◑◒]+/gu
const counters = /(?<![\w.:])(?:\d{1,6}s|[\d.]{1,10}[kM]? tokens)(?![\w])/gu
/** Clocks go on while nothing does. */
const clocks = /(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)/gu

/** The process has printed something. */
export function output(state: TickState, now: number): TickState {
  return { ...state, last_output_ts: now }
}

/**
 * What is seen now. Its first sight counts; the same again changes nothing.
 *
 * @param regex of the configuration, in place of the known signs
 */
export function seen(state: TickState, sight: Sight, now: number, regex?: string): TickState {
  const value = tickValue(sight, regex)
  if (value === '' || value === state.last_tick_value) return state
  return { ...state, last_tick_ts: now, last_tick_value: value, tick_seen: state.tick_seen + 1 }
}

/** Whether something ticked at most so long ago; a tick that lies ahead, after a clock was put back, is none. */
export function isActiveByTick(state: TickState, now: number, windowMs = tickWindowMs): boolean {
  const { last_tick_ts: at, tick_seen } = state
  return tick_seen > 0 && at !== null && now - at >= 0 && now - at <= windowMs
}

/** All that ticks, as one text; empty where nothing does. */
export function tickValue({ screen, title = '', told = '' }: Sight, regex?: string): string {
  const lines = [...screen.trimEnd().split('\n').slice(-rows), title, told].map((line) =>
    line.slice(0, longestLine).replaceAll(clocks, ''),
  )
  const found =
    regex === undefined
      ? lines.flatMap((line) => [...(line.match(spinners) ?? []), ...(line.match(counters) ?? [])])
      : findIn(regex, lines).flatMap((one) => (one === null ? [] : capturesOf(one.captures)))
  return found.join(' ').replace(/\s+/g, ' ').trim()
}

/** What is captured, or the whole where nothing is. */
function capturesOf([all = '', ...captured]: readonly (string | undefined)[]): readonly string[] {
  return captured.length === 0 ? [all] : captured.filter((one) => one !== undefined)
}
