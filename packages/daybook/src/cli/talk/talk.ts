// A person talking with an agent in a terminal: what is said comes as it is said, and what is typed goes into the session.

import type { Opening } from '../../schema/wire-requests.ts'
import type { EntryShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, refusalOf } from '../exits.ts'
import { ordinal } from '../format/run.ts'
import { agentOf, titleOf } from '../format/session.ts'
import { timeOf } from '../format/time.ts'
import { harmless } from '../format/width.ts'
import type { Screen } from '../screen.ts'
import { Asks } from './asks.ts'
import { Board } from './board.ts'
import { performCommand } from './commands.ts'
import { Telling } from './telling.ts'
import { Typed } from './typed.ts'

export interface TalkStart {
  /** Null: the first message opens one. */
  readonly session: SessionShape | null
  /** Of a session that is opened by the first message. */
  readonly opens?: Opening
}

/** Milliseconds within which a second Ctrl-C leaves. */
const twiceMs = 3000

export async function talk(context: Context, screen: Screen, start: TalkStart): Promise<ExitCode> {
  const backend = await context.backend()
  const talking = new Talk(context, backend, screen, start)
  return talking.perform()
}

export class Talk {
  readonly context: Context
  readonly backend: Backend
  session: SessionShape | null
  readonly #opens: Opening | undefined
  readonly #board: Board
  readonly #telling: Telling
  readonly #asks = new Asks()
  readonly #typed = new Typed()
  readonly #ended = Promise.withResolvers<ExitCode>()
  /** Root runs that began and have not ended, the first one is under way. */
  readonly #running = new Set<string>()
  #follow = new AbortController()
  #interruptedAt = Number.NEGATIVE_INFINITY
  #left = false
  /** What was typed is done one after the other. */
  #doing: Promise<void> = Promise.resolve()

  constructor(context: Context, backend: Backend, screen: Screen, start: TalkStart) {
    this.context = context
    this.backend = backend
    this.session = start.session
    this.#opens = start.opens
    const { output, host } = context
    this.#telling = new Telling({
      output,
      columns: () => this.#board.columns - 1,
      now: () => host.now(),
      isTyped: (text) => this.#typed.take(text),
    })
    this.#board = new Board({
      ...screen.streams,
      history: [],
      onLine: (line) => {
        this.#doing = this.#doing.then(() => this.#line(line))
      },
      onInterrupt: (empty) => void this.#interrupt(empty),
      onClose: () => this.leave(),
    })
  }

  async perform(): Promise<ExitCode> {
    const { host } = this.context
    host.signal.addEventListener('abort', () => this.leave(), { once: true })
    this.say(this.#heading(), 'dim')
    if (this.session) void this.#following(await this.#beginning(this.session))
    const exit = await this.#ended.promise
    this.#follow.abort()
    this.#board.close()
    // Whoever presses Ctrl-C twice waits for no server that does not answer.
    if (exit !== exits.interrupted) await this.#doing
    if (this.session)
      this.context.output.hint(`left ${this.session.tail}   ${this.context.me} attach ${this.session.tail}`)
    return exit
  }

  #heading(): string {
    const { session } = this
    const what = session
      ? `${session.tail}  ${agentOf(session) || 'orchestrator'}  ${titleOf(session)}`
      : 'a new session'
    return `${what}   /help   Ctrl-C interrupts   Ctrl-D leaves`
  }

  leave(exit: ExitCode = exits.ok): void {
    this.#left = true
    this.#ended.resolve(exit)
  }

  say(text: string, style?: 'dim' | 'red' | 'yellow' | 'cyan'): void {
    for (const line of harmlessLines(text)) this.#telling.line(line, style)
    this.#show()
  }

  /** Goes on in another session. */
  async enter(session: SessionShape): Promise<void> {
    this.#follow.abort()
    this.#follow = new AbortController()
    this.session = session
    this.#asks.clear()
    this.#running.clear()
    this.say(this.#heading(), 'dim')
    void this.#following(session.seq)
  }

  /** From where the turn begins that is under way or was the last one. */
  async #beginning({ session_id, seq }: SessionShape): Promise<number> {
    const { entries } = await this.backend.session(session_id).entries({ kind: ['message'], order: 'desc', limit: 50 })
    const asked = entries.find(({ data }) => (data as { role?: unknown } | null)?.role === 'user')
    return asked ? asked.seq - 1 : seq
  }

  async #following(after: number): Promise<void> {
    // What was typed before leaving may come to its end behind it.
    if (this.#left) return
    const { host } = this.context
    const { signal } = this.#follow
    const id = this.session?.session_id ?? ''
    const watching = {
      signal,
      onLost: () => this.say(`-- connection lost ${timeOf(host.now(), true)} --`, 'yellow'),
      onBack: () => this.say(`-- again at ${timeOf(host.now(), true)}, nothing missed --`, 'yellow'),
    }
    try {
      for await (const item of this.backend.session(id).followDeltas(after, watching)) {
        if (signal.aborted) return
        if (!('delta' in item)) this.#see(item)
        this.#telling.item(item)
        this.#show()
      }
    } catch (error) {
      if (signal.aborted) return
      this.#fail(error)
      this.leave(refusalOf(error).exit)
    }
  }

  #see(entry: EntryShape): void {
    const { kind, run_id, data } = entry
    this.#asks.see(entry)
    if (run_id === undefined) return
    const { parent, to } = (data ?? {}) as { parent?: unknown; to?: unknown }
    if (kind === 'run.queued' && parent === undefined) this.#running.add(run_id)
    if (kind === 'run.finished' || kind === 'run.cancelled' || kind === 'run.withdrawn') this.#running.delete(run_id)
    if (kind === 'handoff' && this.session) this.session = { ...this.session, current_agent: String(to) }
  }

  #show(): void {
    this.#board.print(this.#telling.take(), this.#telling.tail)
    const ask = this.#asks.first
    this.#board.label(ask === undefined ? '> ' : ask.kind === 'approval' ? 'approve? [y/n/show] ' : 'answer> ')
  }

  #fail(error: unknown): void {
    const { lines } = refusalOf(error)
    this.say([lines.what, lines.why].filter((line) => line !== undefined).join('\n'), 'red')
  }

  async #line(line: string): Promise<void> {
    const text = line.trim()
    if (text === '' || this.#left) return
    try {
      const ask = this.#asks.first
      if (text.startsWith('/')) await performCommand(this, text)
      else if (ask?.kind === 'approval') await this.#decide(text)
      else if (ask) await this.backend.runs.answer(ask.run, ask.id, text)
      else await this.send(text)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Stored first; what stands behind other work is said so. */
  async send(text: string): Promise<void> {
    this.#typed.add(text)
    const opens = this.session || this.#opens === undefined ? {} : { opens: this.#opens }
    try {
      const receipt = await this.backend.runs.start(this.session?.session_id ?? null, { input: text, ...opens })
      if (receipt.position > 0) {
        this.#typed.waits(text)
        this.say(`stored #${receipt.seq} · ${ordinal(receipt.position + 1)} in the queue`, 'dim')
      }
      if (this.session) return
      this.session = await this.backend.session(receipt.session_id).get()
      this.say(this.session.tail, 'dim')
      void this.#following(receipt.seq - 1)
    } catch (error) {
      this.#typed.waits(text)
      throw error
    }
  }

  /** What answered the last message has no place in the history any more: it is asked once more. */
  async again(): Promise<void> {
    if (!this.session) return this.say('nothing was said yet', 'dim')
    await this.backend.runs.start(this.session.session_id, { instead_of: 'last' })
  }

  async #decide(text: string): Promise<void> {
    const ask = this.#asks.first
    if (ask?.kind !== 'approval') return
    if (/^s(how)?$/i.test(text)) {
      this.say(`digest  ${ask.digest}\n${JSON.stringify(ask.input ?? null, null, 2)}`)
    } else if (/^y(es)?$/i.test(text)) await this.decide('approved')
    else if (/^no?$/i.test(text)) await this.decide('denied')
    else this.say('y lets it go on, n refuses it, show prints what it is; /deny takes a reason', 'dim')
  }

  /** Of the oldest approval that is open. */
  async decide(decision: 'approved' | 'denied', comment?: string): Promise<void> {
    const ask = this.#asks.first
    if (ask?.kind !== 'approval') return this.say('nothing asks for an approval', 'dim')
    const fields = { decision, digest: ask.digest, ...(comment === undefined ? {} : { comment }) }
    await this.backend.runs.decide(ask.run, ask.id, fields)
  }

  /** Once: ends the turn, and what it said stays. Twice: leaves. */
  async #interrupt(empty: boolean): Promise<void> {
    const now = this.context.host.now()
    const again = now - this.#interruptedAt < twiceMs
    this.#interruptedAt = now
    if (again) return this.leave(exits.interrupted)
    if (!empty) return
    const [run] = this.#running
    if (run === undefined) return this.say('Ctrl-C again leaves', 'dim')
    try {
      await this.backend.runs.cancel(run)
    } catch (error) {
      this.#fail(error)
    }
  }
}

function harmlessLines(text: string): readonly string[] {
  return harmless(text)
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : line))
}
