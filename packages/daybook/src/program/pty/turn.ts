// One prompt given to a program in a terminal: made ready, typed once, and followed until its prompt is there again.

import type { Prompt, PromptEvent } from '../contract.ts'
import type { Look } from '../host/contract.ts'
import type { Collected } from './collected.ts'
import { calmed, interrupted } from './interrupting.ts'
import { asksOf, dialogAsks, Outcome } from './outcome.ts'
import type { Seeing, Seen, Wanted } from './seeing.ts'
import { orGone, send } from './send.ts'
import { longQuietMs, type State } from './sight.ts'
import type { PtySetting } from './start.ts'
import { plainText, retyped, type Typed, typedFor } from './typing.ts'
import { Typist } from './typist.ts'
import type { Watch } from './watch.ts'

/** Milliseconds that a program gets to be ready after its start, unless its configuration says more. */
const readyMs = 60_000
/** Dialogs of one prompt that are answered by keys of the configuration: what comes back for ever is left to a person. */
const mostDialogs = 32

type Events<T> = AsyncGenerator<PromptEvent, T>
type Seeable = Extract<Seen, { type: 'seen' }>

export interface TurnPlaces {
  readonly setting: PtySetting
  readonly prompt: Prompt
  readonly watch: Watch
  readonly seeing: Seeing
  readonly collected: Collected
  /** Of the shell whose marks count. */
  readonly aid: string | null
}

export class Turn {
  readonly #places: TurnPlaces
  readonly #typist: Typist
  readonly #outcome: Outcome
  readonly #began = performance.now()
  #dialogs = 0

  constructor(places: TurnPlaces) {
    this.#places = places
    this.#typist = new Typist(places)
    this.#outcome = new Outcome(places)
  }

  async *events(): Events<void> {
    const { prompt, setting } = this.#places
    if (prompt.given === null) {
      const seen = yield* this.#ready()
      if (seen === null) return
      yield* this.#readyAt(seen)
      if (prompt.text === null) yield { type: 'done', ok: true }
      else yield* this.#give(typedFor(setting.program, prompt.text, seen.look.bracketedPaste), [])
    } else if (prompt.text === null) yield { type: 'done', ok: true }
    else yield* this.#goOn(prompt.text)
  }

  *#readyAt({ look, state }: Seeable): Generator<PromptEvent> {
    this.#places.collected.begin(look.offset)
    const by = state.type === 'ready' ? state.by : 'quiet'
    yield { type: 'ready', offset: look.offset, by, ms: performance.now() - this.#began }
  }

  /** The log says that it was ready for this prompt: what was typed since, the host knows. */
  async *#goOn(text: string): Events<void> {
    const { setting, prompt } = this.#places
    const { program, host } = setting
    const pieces = retyped(program, text, false).pieces.length
    const names = ['paste 0', ...Array.from({ length: pieces }, (_, index) => `line ${index}`)]
    const sent = await orGone(() =>
      host.sent(
        prompt.process,
        names.map((name) => `${prompt.key} ${name}`),
      ),
    )
    if (sent === null) yield* this.#after(yield* this.#seeing({ is: () => false }))
    else if (sent.some((offset) => offset !== null)) {
      yield* this.#give(retyped(program, text, sent[0] !== null), sent[0] === null ? sent.slice(1) : sent.slice(0, 1))
    } else {
      const seen = yield* this.#after(yield* this.#seeing({ is: ({ type }) => type === 'ready' }))
      if (seen) yield* this.#give(typedFor(program, text, seen.look.bracketedPaste), [])
    }
  }

  #seeing(wanted: Wanted): Events<Seen> {
    return this.#places.seeing.until(wanted)
  }

  /** At its prompt, with the commands of its start done; null where this turn is over. */
  async *#ready(): Events<Seeable | null> {
    const { setting, prompt } = this.#places
    const { host, program } = setting
    const known = await orGone(() => host.sent(prompt.process, ['ready']))
    const fresh = known !== null && known[0] === null
    let mark = -1
    for (const { id, answer } of prompt.replies.filter(({ id }) => id.startsWith('start ')))
      mark = await this.#reply(id, answer)
    let seen = yield* this.#waiting(mark, fresh)
    if (seen === null) return null
    await send(this.#places, '', 'ready')
    for (const [index, { text, optional }] of program.auto_commands.entries()) {
      const typed = typedFor(program, text, seen.look.bracketedPaste)
      const typing: Seen | number = yield* this.#typist.type(typed, `auto ${index}`, [])
      if (typeof typing !== 'number') return yield* this.#after(typing)
      seen = yield* this.#waiting(typing, fresh)
      if (seen === null) return null
      const exit = this.#outcome.exitCode
      const ok = exit === null || exit === 0
      if (fresh) yield { type: 'auto_command', index, text, ok }
      if (ok || optional || !fresh) continue
      yield { type: 'done', ok: false, error: `the command ${JSON.stringify(text)} at its start ended with ${exit}` }
      return null
    }
    return seen
  }

  /** Ready behind this offset. A question that an earlier prompt left behind is given up first. */
  async *#waiting(mark: number, fresh: boolean): Events<Seeable | null> {
    const { setting, prompt } = this.#places
    const within = fresh ? (setting.program.pty?.ready_timeout_ms ?? readyMs) : Number.POSITIVE_INFINITY
    const is: Wanted['is'] = (state, look, quiet) =>
      (state.type === 'ready' && look.offset > mark) || state.type === 'dialog' || asksNow(look, quiet)
    for (let cleared = false; ; ) {
      const seen = yield* this.#after(yield* this.#seeing({ is, within }))
      if (seen === null || seen.state.type === 'ready') return seen
      if (seen.state.type === 'dialog' && (yield* this.#dialog(seen.state))) continue
      if (fresh || cleared) {
        const id = `start ${prompt.replies.length + 1}`
        yield seen.state.type === 'dialog' ? dialogAsks(id, seen.state.dialog) : asksOf(id, seen.look)
        return null
      }
      cleared = true
      // What a cancelled prompt has left there is nobody's; anything else may be what a person works with.
      if (prompt.before?.cancelled) yield* this.#cleared(prompt.before.key)
      else {
        await send(this.#places, setting.program.pty?.interrupt_keys ?? '\u0003', `${prompt.key} clear`)
        yield* this.#seeing({ is: ({ type }) => type === 'ready', within: longQuietMs })
      }
    }
  }

  /** Under the name of what left it: the keys go once, whoever else ends it. */
  async *#cleared(key: string): Events<void> {
    const { setting, prompt, seeing } = this.#places
    yield* calmed({ setting, prompt: { ...prompt, key }, seeing }, 'clear')
  }

  /** What was seen; null where that ended the turn, which is told. */
  async *#after(seen: Seen): Events<Seeable | null> {
    if (seen.type === 'seen') return seen
    if (seen.type === 'exited') yield* this.#outcome.exited()
    else if (seen.type === 'late') yield { type: 'done', ok: false, error: 'it was not ready in its time' }
    else if (seen.how === 'interrupt') yield* this.#interrupted()
    return null
  }

  /** False for one that a person has to answer. */
  async *#dialog({ dialog }: Extract<State, { type: 'dialog' }>): Events<boolean> {
    const { prompt, seeing } = this.#places
    if (dialog.answer === null || this.#dialogs >= mostDialogs) return false
    this.#dialogs += 1
    const at = await send(this.#places, dialog.answer, `${prompt.key} dialog ${this.#dialogs}`)
    seeing.answered(dialog)
    yield* this.#seeing({ is: (_, { offset }) => offset > at, within: longQuietMs })
    return true
  }

  /** @param sent where its pieces were sent before, as far as they were */
  async *#give(typed: Typed, sent: readonly (number | null)[]): Events<void> {
    const { prompt } = this.#places
    this.#outcome.typed = typed
    const name = `${prompt.key} ${typed.pasted ? 'paste' : 'line'}`
    const typing = yield* this.#typist.type(typed, name, sent)
    if (typeof typing !== 'number') {
      if (typing.type === 'late') yield { type: 'done', ok: false, error: 'it did not take the prompt' }
      else yield* this.#after(typing)
      return
    }
    let mark = typing
    for (const { id, answer } of prompt.replies.filter(({ id }) => !id.startsWith('start ')))
      mark = await this.#reply(id, answer)
    yield* this.#answer(typed, mark)
  }

  #reply(id: string, answer: boolean | string): Promise<number> {
    this.#places.seeing.answeredAll()
    return send(this.#places, `${plainText(String(answer))}\r`, `${this.#places.prompt.key} reply ${id}`)
  }

  /** What becomes of the prompt behind its last Enter. */
  async *#answer(typed: Typed, entered: number): Events<void> {
    const { prompt } = this.#places
    let mark = entered
    let isMore = false
    const is: Wanted['is'] = (state, look, quiet) => {
      if (look.offset <= mark) return quiet >= 2 * longQuietMs && look.reads === true
      return ['ready', 'dialog', isMore ? '' : 'more'].includes(state.type) || asksNow(look, quiet)
    }
    for (;;) {
      const seen = yield* this.#after(yield* this.#seeing({ is }))
      if (seen === null) return
      const { state, look } = seen
      if (state.type === 'dialog' && (yield* this.#dialog(state))) continue
      if (state.type === 'more' && !isMore) {
        // What goes on until an empty line gets one.
        isMore = true
        this.#outcome.typed = { ...typed, lines: [...typed.lines, ''] }
        mark = await send(this.#places, '\r', `${prompt.key} enter more`)
        continue
      }
      const id = `${prompt.replies.length + 1}`
      if (state.type === 'dialog') yield dialogAsks(id, state.dialog)
      else if (state.type !== 'ready') yield await this.#outcome.asks(id, look)
      else {
        yield* this.#outcome.message(look)
        const exit = this.#outcome.hasRun ? this.#outcome.exitCode : null
        yield { type: 'done', ok: true, ...(exit === null ? {} : { exit_code: exit }) }
      }
      return
    }
  }

  /** Where nothing was typed nothing is interrupted. */
  async *#interrupted(): Events<void> {
    const { setting, prompt, seeing, watch } = this.#places
    if (this.#typist.hasTyped) {
      const by = yield* interrupted({ setting, prompt, seeing })
      if (watch.exit === null) yield* this.#outcome.message(await orGone(() => setting.host.look(prompt.process)))
      yield { type: 'interrupted', by }
    }
    if (watch.exit !== null) yield* this.#outcome.exited()
    else yield { type: 'done', ok: false, error: 'it was interrupted' }
  }
}

/** It reads, and has printed nothing for long enough. */
function asksNow(look: Look, quiet: number): boolean {
  return quiet >= longQuietMs && look.reads === true
}
