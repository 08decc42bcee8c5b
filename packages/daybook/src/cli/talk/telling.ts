// What a session says, as rows for a terminal: entries and unfinished output in, each thing once, machinery left out.

import type { Delta as Told } from '../../client/client.ts'
import { type Delta, type DeltaPart, Unfinished } from '../../schema/deltas.ts'
import type { DataOf } from '../../schema/kinds.ts'
import type { EntryShape } from '../../schema/wire-shapes.ts'
import { callName, failureText, inputText } from '../format/call.ts'
import { shortDigest } from '../format/run.ts'
import { clock, lasting } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Output } from '../output.ts'
import { Markdown } from './markdown.ts'
import { paintOf } from './painting.ts'
import { fit } from './rows.ts'

export interface TellingOptions {
  readonly output: Output
  readonly columns: () => number
  readonly now: () => number
  /** Whether this text was typed here a moment ago and stands on the screen already. */
  readonly isTyped: (text: string) => boolean
}

/** Something that is printed by and by. */
interface Stream {
  readonly key: string
  attempt: number
  /** What of it was shown. */
  shown: string
  /** What this attempt has said: after a kill the same may be said once more. */
  said: string
  thinkingSince: number | null
}

type Message = DataOf<'message'>
type Part = NonNullable<Message['parts']>[number]

export class Telling {
  readonly #options: TellingOptions
  readonly #markdown: Markdown
  readonly #unfinished = new Unfinished()
  readonly #calls = new Map<string, { readonly what: string; readonly at: number }>()
  #stream: Stream | null = null
  #speaker = ''
  #status = ''
  #rows: string[] = []

  constructor(options: TellingOptions) {
    this.#options = options
    this.#markdown = new Markdown(options.columns, paintOf(options.output))
  }

  /** Rows that were finished since the last call. */
  take(): string[] {
    return this.#rows.splice(0)
  }

  /** The row that is not finished: what is being said, else what is being done. */
  get tail(): string {
    const said = this.#markdown.tail
    return said === '' ? this.#status : said
  }

  item(item: EntryShape | Told): void {
    if ('delta' in item) this.#delta(item.delta as Delta)
    else this.#entry(item)
  }

  /** Above the row that is not finished, which goes on below it. */
  line(text: string, style?: 'dim' | 'red' | 'yellow' | 'cyan'): void {
    this.#rows.push(style ? this.#options.output.style(style, text) : text)
  }

  #delta(delta: Delta): void {
    if ('progress' in delta) {
      this.#status = this.#dim(`⋯ ${oneLine(delta.progress)}`)
      return
    }
    if (this.#unfinished.take(delta) !== 'told') return
    const key = `${delta.run_id} ${delta.step ?? ''}`
    if (this.#stream && this.#stream.key !== key) return
    const { attempt = 1 } = delta
    this.#stream ??= blank(key, attempt)
    const stream = this.#stream
    if (stream.attempt !== attempt) Object.assign(stream, { attempt, said: '' })
    if ('so_far' in delta) this.#soFar(stream, delta.so_far)
    else if ('text' in delta) this.#upTo(stream, stream.said + delta.text)
    else if ('reasoning' in delta) this.#think(stream)
    else if ('call' in delta) this.#status = this.#dim(`⋯ ${callName(delta.call.name)}`)
  }

  #soFar(stream: Stream, parts: readonly DeltaPart[]): void {
    const said = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    if (said !== '') this.#upTo(stream, said)
    else if (parts.some(({ type }) => type === 'reasoning')) this.#think(stream)
  }

  /** Shows what of the whole is not shown yet; what was shown and is not said any more stays where it is. */
  #upTo(stream: Stream, whole: string): void {
    stream.said = whole
    if (stream.shown.startsWith(whole)) return
    this.#thought(stream)
    if (!whole.startsWith(stream.shown)) {
      this.#rows.push(...this.#markdown.end(), this.#dim('(begun anew)'))
      stream.shown = ''
    }
    this.#rows.push(...this.#markdown.push(whole.slice(stream.shown.length)))
    stream.shown = whole
  }

  #think(stream: Stream): void {
    stream.thinkingSince ??= this.#options.now()
    this.#status = this.#dim('⋯ thinking')
  }

  #thought(stream: Stream): void {
    const since = stream.thinkingSince
    stream.thinkingSince = null
    this.#status = ''
    if (since !== null) this.#rows.push(this.#dim(`…thought ${lasting(this.#options.now() - since)}`))
  }

  /** What is being said ends here. */
  #finish(): void {
    if (this.#stream) this.#thought(this.#stream)
    this.#rows.push(...this.#markdown.end())
    this.#stream = null
    this.#status = ''
  }

  #entry(entry: EntryShape): void {
    const { run_id } = entry
    this.#unfinished.see({ kind: entry.kind, data: entry.data, ...(run_id === undefined ? {} : { run: run_id }) })
    if (entry.data === null) return
    const isEnd = entry.kind === 'run.finished' || entry.kind === 'run.cancelled'
    if (isEnd && this.#stream?.key.startsWith(`${run_id} `)) this.#finish()
    else if (isEnd) this.#status = ''
    const tell = tellers[entry.kind]
    if (entry.kind === 'message') this.#message(entry, entry.data as Message)
    else if (tell) for (const [text, style] of tell(entry.data as Fields, this.#options.now())) this.line(text, style)
  }

  #message(entry: EntryShape, message: Message): void {
    const parts = message.parts ?? []
    if (message.role === 'user') this.#asked(message)
    for (const part of parts) if (part.type === 'result') this.#result(entry, part)
    if (message.role !== 'assistant') return
    const step = (message.metadata as { step?: unknown } | undefined)?.step
    const key = `${entry.run_id ?? ''} ${typeof step === 'string' ? step : ''}`
    const stream = this.#stream?.key === key || this.#stream?.key === `${entry.run_id} ` ? this.#stream : null
    if (!stream) this.#finish()
    this.#speak(message, stream !== null && stream.shown !== '')
    if (!stream) for (const part of parts) this.#folded(part)
    // Of an attempt that was cut off a part may stand there; the message is the whole.
    if (message.content !== '') this.#upTo(stream ?? blank(key, 1), message.content)
    this.#finish()
    for (const part of parts) this.#called(entry, part)
  }

  #asked({ content, name }: Message): void {
    if (this.#options.isTyped(content)) return
    this.#finish()
    this.#rows.push(
      `${this.#options.output.style('bold', name === undefined ? '>' : `${oneLine(name)} >`)} ${oneLine(content)}`,
    )
    this.#speaker = ''
  }

  /** Who speaks is said where it changes. */
  #speak({ agent, name }: Message, begun: boolean): void {
    const speaker = oneLine(agent ?? name ?? '')
    if (speaker === this.#speaker || speaker === '') return
    this.#speaker = speaker
    if (!begun) this.#rows.push(this.#options.output.style('cyan', speaker))
  }

  /** Of a message that nobody saw coming. */
  #folded(part: Part): void {
    if (part.type !== 'reasoning') return
    const lasted = part.duration_ms === undefined ? '' : ` ${lasting(part.duration_ms)}`
    this.#rows.push(this.#dim(`…thought${lasted}`))
  }

  #called(entry: EntryShape, part: Part): void {
    if (part.type !== 'call') return
    const what = `${callName(part.name)} ${inputText(part.input)}`.trim()
    this.#calls.set(part.call_id, { what, at: Date.parse(entry.at) })
    this.#status = this.#dim(`⋯ ${fit(what, this.#options.columns() - 2)}`)
  }

  /** One line for a call: what it was, how it ended, how long it took. */
  #result(entry: EntryShape, part: Extract<Part, { type: 'result' }>): void {
    const call = this.#calls.get(part.call_id)
    this.#calls.delete(part.call_id)
    const took = call ? ` ${lasting(Math.max(0, Date.parse(entry.at) - call.at))}` : ''
    const failed = part.error === true
    const end = `${failed ? 'failed' : 'ok'}${took}`
    const what = fit(call?.what ?? 'call', this.#options.columns() - end.length - 5)
    this.#finish()
    const { style } = this.#options.output
    this.#rows.push(`${style('dim', `· ${what}`)}  ${failed ? style('red', end) : style('dim', end)}`)
    const why = failed ? failureText(part.output, this.#options.columns() - 2) : ''
    if (why !== '') this.#rows.push(this.#dim(`  ${why}`))
    const next = [...this.#calls.values()].at(-1)
    if (next) this.#status = this.#dim(`⋯ ${fit(next.what, this.#options.columns() - 2)}`)
  }

  #dim(text: string): string {
    return this.#options.output.style('dim', text)
  }
}

function blank(key: string, attempt: number): Stream {
  return { key, attempt, shown: '', said: '', thinkingSince: null }
}

type Fields = Readonly<Record<string, unknown>>
type Line = readonly [text: string, style?: 'dim' | 'red' | 'yellow' | 'cyan']

const word = (data: Fields, name: string): string => (typeof data[name] === 'string' ? oneLine(data[name]) : '')
const by = (data: Fields): string => word(data, 'by').replace(/^[a-z]+:/, '')

const tellers: Readonly<Record<string, (data: Fields, now: number) => readonly Line[]>> = {
  handoff: (data) => [[`${word(data, 'from')} → ${word(data, 'to')}: ${word(data, 'reason')}`, 'dim']],
  note: (data) => [[`${word(data, 'type')}  ${word(data, 'text')}`, 'yellow']],
  'run.steered': () => [['goes into the run under way', 'dim']],
  'run.finished': (data) => {
    const { message } = (data.error ?? {}) as { message?: unknown }
    if (data.status !== 'failed') return []
    return [[`failed (${word(data, 'reason')}): ${typeof message === 'string' ? oneLine(message) : ''}`, 'red']]
  },
  'run.cancelled': (data) => [[`stopped (${word(data, 'reason')})`, 'dim']],
  'run.waiting': (data, now) => {
    if (data.reason === 'until') return [[`waits until ${clock(Date.parse(word(data, 'until')), now)}`, 'dim']]
    if (data.reason === 'budget_paused')
      return [[`paused: ${word(data, 'summary')}; a higher budget lets it go on`, 'yellow']]
    return data.reason === 'operator' ? [[`cannot go on by itself: ${word(data, 'summary')}`, 'yellow']] : []
  },
  'run.resumed': () => [['goes on: its budget has room again', 'dim']],
  'session.updated': ({ model }) => {
    if (model === undefined) return []
    return [
      [model === null ? 'asks what its agents name' : `asks ${oneLine(String(model))} from the next turn on`, 'dim'],
    ]
  },
  'approval.requested': (data) => [
    [`needs you: ${word(data, 'summary')}   digest ${shortDigest(word(data, 'digest'))}`, 'yellow'],
  ],
  'approval.decided': (data) => {
    const comment = word(data, 'comment')
    return [[`${word(data, 'decision')} by ${by(data)}${comment === '' ? '' : `: ${comment}`}`, 'dim']]
  },
  'approval.expired': () => [['nobody decided in time', 'dim']],
  'question.asked': (data) => [[`asks: ${word(data, 'summary')}`, 'yellow']],
  'question.answered': (data) => [[`answered: ${oneLine(JSON.stringify(data.answer ?? null))}`, 'dim']],
}
