// Waits for what the screen of a program comes to say, and tells meanwhile what it prints and whether it is at work.

import type { PromptEnd, PromptEvent } from '../contract.ts'
import type { Look } from '../host/contract.ts'
import { isActiveByTick, noTicks, seen, type TickState } from '../tick.ts'
import { orGone } from './send.ts'
import { type Dialog, dialogsOn, drawsScreen, longQuietMs, needsReads, quietMs, type State, stateOf } from './sight.ts'
import type { PtySetting } from './start.ts'
import type { Watch } from './watch.ts'

/** Milliseconds between two looks at what ticks. */
const tickMs = 1_000

/** What ended a wait: the process, somebody, its time, or what was waited for. */
export type Seen =
  | { readonly type: 'exited' }
  | { readonly type: 'late' }
  | { readonly type: 'ended'; readonly how: PromptEnd }
  | { readonly type: 'seen'; readonly state: State; readonly look: Look; readonly quiet: number }

export interface Wanted {
  /** Whether this is what is waited for. */
  readonly is: (state: State, look: Look, quiet: number) => boolean
  /** Milliseconds; default: as long as it takes. */
  readonly within?: number
  /** Whether somebody may end it meanwhile. Default: yes. */
  readonly endable?: boolean
  /** Asks already after the first pause whether the terminal is read. */
  readonly reads?: boolean
}

export interface SeeingPlaces {
  readonly setting: PtySetting
  readonly process: string
  readonly watch: Watch
  readonly aid: string | null
  readonly end: AbortSignal
}

export class Seeing {
  readonly #places: SeeingPlaces
  #ticks: TickState = noTicks
  #active = false
  /** Dialogs that are still on the screen. */
  #answered: ReadonlySet<string> = new Set()
  #allAnswered = false
  #drawn = false

  constructor(places: SeeingPlaces) {
    this.#places = places
  }

  /** This one counts as answered for as long as it is on the screen. */
  answered({ key }: Dialog): void {
    this.#answered = new Set([...this.#answered, key])
  }

  /** What is on the screen at the next look was answered by a person. */
  answeredAll(): void {
    this.#allAnswered = true
  }

  #dialog(look: Look): Dialog | null {
    const shown = dialogsOn(this.#places.setting.program, look)
    const known = (key: string): boolean => this.#allAnswered || this.#answered.has(key)
    this.#answered = new Set(shown.flatMap(({ key }) => (known(key) ? [key] : [])))
    this.#allAnswered = false
    return shown.find(({ key }) => !this.#answered.has(key)) ?? null
  }

  async *until(wanted: Wanted): AsyncGenerator<PromptEvent, Seen> {
    const { watch, end } = this.#places
    const { within = Number.POSITIVE_INFINITY, endable = true } = wanted
    const began = performance.now()
    const looked: Looked = { offset: -1, long: false, at: performance.now() }
    for (;;) {
      for (const event of watch.take()) yield this.#drawn ? { ...event, drawn: true } : event
      if (watch.exit) return { type: 'exited' }
      if (endable && end.aborted) return { type: 'ended', how: end.reason as PromptEnd }
      const quiet = watch.quietMs
      const look = await this.#lookIn(quiet, looked, wanted.reads === true)
      if (look) {
        const ticks = isActiveByTick(this.#ticks, Date.now())
        const { setting, aid } = this.#places
        const { program } = setting
        this.#drawn ||= drawsScreen(program, look, aid)
        const state = stateOf(program, { look, quiet, aid, ticks, dialog: this.#dialog(look) })
        yield* this.#activity(look, state)
        // One that tells its state may have a screen that never rests.
        const settled = quiet >= quietMs || program.pty?.idle !== undefined
        if (settled && wanted.is(state, look, quiet)) return { type: 'seen', state, look, quiet }
      }
      const left = within - (performance.now() - began)
      if (left <= 0) return { type: 'late' }
      await watch.wait(Math.min(left, this.#pause(quiet, looked)), endable ? end : null)
    }
  }

  /** After each pause, after a long one, and from time to time: what ticks while it prints, what begins to read while it does not. */
  async #lookIn(quiet: number, looked: Looked, early: boolean): Promise<Look | null> {
    const { watch, process, setting } = this.#places
    const { offset } = watch
    const long = quiet >= longQuietMs
    const isNew = quiet >= quietMs && (offset !== looked.offset || (long && !looked.long))
    const now = performance.now()
    if (!isNew && now - looked.at < this.#everyMs(quiet)) return null
    const reads = quiet >= quietMs && (long || early || needsReads(setting.program))
    const look = await orGone(() => setting.host.look(process, { reads }))
    if (look === null) return null
    looked.at = now
    if (quiet < quietMs) return look
    // Of what the screen shows all was told before: what came meanwhile is told first, and rests by itself.
    if (look.offset !== offset || watch.offset !== offset) return null
    Object.assign(looked, { offset, long })
    return look
  }

  #everyMs(quiet: number): number {
    if (quiet >= quietMs && quiet < longQuietMs && needsReads(this.#places.setting.program)) return quietMs
    return Math.min(Math.max(quiet / 5, tickMs), 10 * tickMs)
  }

  #pause(quiet: number, looked: Looked): number {
    if (quiet < quietMs) return quietMs - quiet + 1
    if (this.#places.watch.offset !== looked.offset) return 10 // what the screen shows already is on its way
    const long = quiet < longQuietMs ? longQuietMs - quiet + 1 : Number.POSITIVE_INFINITY
    return Math.max(Math.min(long, looked.at + this.#everyMs(quiet) - performance.now() + 1), 1)
  }

  /** Told when it changes. */
  *#activity(look: Look, state: State): Generator<PromptEvent> {
    const { pty } = this.#places.setting.program
    const now = Date.now()
    const sight = { screen: look.text, title: look.title, ...(look.told === null ? {} : { told: look.told }) }
    this.#ticks = seen(this.#ticks, sight, now, pty?.tick_regex)
    const signal = state.type === 'busy' && pty?.busy !== undefined
    const active = signal || (state.type !== 'ready' && isActiveByTick(this.#ticks, now))
    if (active === this.#active) return
    this.#active = active
    const { last_tick_value: value, tick_seen: count } = this.#ticks
    const ticked = value === null ? {} : { value: value.slice(0, 256), seen: count }
    yield { type: 'activity', active, by: signal || state.type === 'ready' ? 'signal' : 'tick', ...ticked }
  }
}

interface Looked {
  /** When the newest look was. */
  at: number
  /** Of the newest look after a pause. */
  offset: number
  /** It was after a long one. */
  long: boolean
}
