// What is told of a prompt in a terminal when it is over: the answer, how its command ended, how the process did, or what it asks.

import type { PromptEvent } from '../contract.ts'
import type { Look } from '../host/contract.ts'
import { findToken } from '../token.ts'
import { marksIn } from './marks.ts'
import { replyOf } from './reply.ts'
import type { Dialog } from './sight.ts'
import type { TurnPlaces } from './turn.ts'
import type { Typed } from './typing.ts'

/** Bytes at the end of what a process printed in which a token is looked for, and in which the marks of a prompt stand. */
const tokenBytes = 32_768
const markBytes = 4_096
/** Characters of what a program is taken to ask. */
const longestSummary = 512

type Events<T> = AsyncGenerator<PromptEvent, T>

export class Outcome {
  readonly #places: Omit<TurnPlaces, 'seeing'>
  /** What was typed for the prompt; null: nothing yet. */
  typed: Typed | null = null

  constructor(places: Omit<TurnPlaces, 'seeing'>) {
    this.#places = places
  }

  /** What it printed for the prompt so far. */
  async *message(look: Look | null): Events<void> {
    const { setting, collected, aid } = this.#places
    const { program } = setting
    const typed = this.typed
    if (typed === null) return
    const cols = look?.cols ?? program.cols
    const content = await replyOf({ program, printed: collected.printed, look, cols, typed, aid })
    yield { type: 'message', role: 'assistant', content, final: true }
  }

  /** The line that it waits in, or else the last that it printed for this prompt: what stands above is of earlier ones. */
  async asks(id: string, look: Look): Promise<PromptEvent> {
    return asksOf(id, { line: look.line, text: look.line.trim() === '' ? await this.#said(look) : '' })
  }

  async #said(look: Look): Promise<string> {
    const { setting, collected, aid } = this.#places
    const { typed } = this
    if (typed === null) return look.text
    return replyOf({ program: setting.program, printed: collected.printed, look, cols: look.cols, typed, aid })
  }

  async *exited(): Events<void> {
    const { setting, watch, collected, prompt } = this.#places
    yield* watch.take()
    if (this.typed) yield* this.message(null)
    else if (prompt.given === null) yield { type: 'done', ok: false, error: 'it ended before it took the prompt' }
    const { program } = setting
    const ended = collected.ending(tokenBytes).toString('utf8')
    const found = program.pty?.resume ? findToken({ stderr: '', ended }, program.resume_regex) : null
    if (found) yield { type: 'token', token: found.token, printed: true }
    const { code = null, signal = null } = watch.exit ?? {}
    yield { type: 'exited', code, signal, bytes: watch.offset }
  }

  /** The shell took a command out of the prompt: a comment is none. */
  get hasRun(): boolean {
    const { aid, collected } = this.#places
    return aid !== null && marksIn(collected.printed.first, aid).some(({ kind }) => kind === 'C')
  }

  /** Of the last command, where the shell told it. */
  get exitCode(): number | null {
    const { aid, collected } = this.#places
    if (aid === null) return null
    return marksIn(collected.ending(markBytes), aid).findLast(({ kind }) => kind === 'D')?.exit ?? null
  }
}

/** A dialog with all that stands there of it, so that whoever decides knows on what. */
export function dialogAsks(id: string, { shown }: Dialog): PromptEvent {
  const summary = wordsOf(shown).join(' ⏎ ').slice(0, longestSummary).toWellFormed()
  return { type: 'asks', asks: { id, kind: 'question', summary } }
}

/** Lines with something in them, without the bar for scrolling at their end. */
function wordsOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().replace(/(?:^| +)█$/, ''))
  return lines.filter((line) => line !== '')
}

export function asksOf(id: string, look: Pick<Look, 'line' | 'text'>): PromptEvent {
  const lines = wordsOf(look.text)
  const asked = look.line.trim() === '' ? lines.slice(-3).join(' ⏎ ') : look.line.trim()
  const summary = asked.slice(-longestSummary)
  return { type: 'asks', asks: { id, kind: 'question', summary: summary === '' ? 'it waits for input' : summary } }
}
