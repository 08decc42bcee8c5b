// Makes entries of the messages of Gemini CLI, which writes a message again when calls and results join it.

import type { Json, JsonObject } from '../schema/json.ts'
import type { Part } from '../schema/parts.ts'
import type { Facts, Translation, Translator } from './contract.ts'
import { factsIn, learned, Spoken } from './facts.ts'
import { type Fields, fieldsOf, listOf, textOf, timeOf } from './fields.ts'
import { contentsOf, isAdded, responseIn, resultOf, shownEdit } from './genai.ts'
import { call, foreign, message, reasoning, usage } from './parts.ts'

export class GeminiTranslator implements Translator {
  readonly #agent: string
  readonly #spoken: Spoken
  facts: Facts

  constructor(agent: string, facts: Facts = {}, memo?: Json) {
    this.#agent = agent
    this.facts = { ...facts, ...factsIn(memo) }
    this.#spoken = new Spoken(fieldsOf(memo).spoken as Json)
  }

  take(record: unknown, number: number): readonly Translation[] {
    const line = fieldsOf(record)
    if (line.type !== undefined && line.id !== undefined) return this.#message(line, record, number)
    if (line.$set !== undefined) return this.#changed(fieldsOf(line.$set), record, number)
    // The first line, which the transcript is known by.
    if (line.sessionId !== undefined && line.startTime !== undefined) return []
    return [foreign(this.#agent, Object.keys(line)[0], record)]
  }

  /** A change of the session itself; one of all its messages is what a resumed process writes. */
  #changed(set: Fields, record: unknown, number: number): readonly Translation[] {
    this.facts = learned(this.facts, { name: textOf(set.summary) })
    const { messages, lastUpdated, sessionId, summary, memoryScratchpad, directories, ...others } = set
    const said = listOf(messages).flatMap((one) => this.#message(fieldsOf(one), one, number))
    return Object.keys(others).length === 0 ? said : [...said, foreign(this.#agent, '$set', record)]
  }

  #message(line: Fields, record: unknown, number: number): readonly Translation[] {
    const at = timeOf(line.timestamp)
    const id = String(line.id)
    const kind = line.type
    if (kind === 'user') return this.#said(id, () => this.#person(line, at, number))
    if (kind === 'info' || kind === 'error' || kind === 'warning') {
      const { text } = contentsOf(line.content)
      return this.#said(id, () => message({ role: 'system', text, agent: this.#agent, at, record: number }))
    }
    if (kind !== 'gemini') return this.#spoken.first(`message ${id}`) ? [foreign(this.#agent, kind, record, at)] : []
    const spoken = this.#said(id, () => this.#model(line, at, number))
    return [...spoken, ...this.#calls(id, line, at, number), ...this.#results(id, line, at, number)]
  }

  #said(id: string, make: () => Translation | null): readonly Translation[] {
    const said = this.#spoken.first(`message ${id}`) ? make() : null
    return said === null ? [] : [said]
  }

  /** Results of calls stand with the calls already; a message of the person holds them once more. */
  #person(line: Fields, at: number | undefined, number: number): Translation | null {
    const { text, parts, results } = contentsOf(line.content)
    const unknown = results.filter(({ id }) => this.#spoken.first(`result ${id}`))
    const answered = unknown.map(({ id, response }) => resultOf(id, response, false))
    if (text === '' && parts.length === 0)
      return message({ role: 'tool', parts: answered, agent: this.#agent, at, record: number })
    const role = isAdded(text) ? 'system' : 'user'
    return message({ role, text, parts: [...parts, ...answered], agent: this.#agent, at, record: number })
  }

  #model(line: Fields, at: number | undefined, number: number): Translation | null {
    const { text, parts } = contentsOf(line.content)
    const thoughts = listOf(line.thoughts).map(fieldsOf)
    const words = thoughts.map(({ subject, description }) =>
      [textOf(subject), textOf(description)].filter((one) => one !== undefined).join(': '),
    )
    const thought = words.filter((one) => one !== '').join('\n')
    const { input, output } = fieldsOf(line.tokens)
    return message({
      role: 'assistant',
      text,
      parts: thought === '' ? parts : [reasoning(thought), ...parts],
      agent: this.#agent,
      model: textOf(line.model),
      usage: usage(input, output),
      at,
      record: number,
    })
  }

  #calls(id: string, line: Fields, at: number | undefined, number: number): readonly Translation[] {
    const calls = listOf(line.toolCalls).map(fieldsOf)
    const fresh = calls.filter((one) => this.#spoken.first(`call ${id} ${one.id}`))
    const parts = fresh.map((one) => call(one.id, one.name, one.args))
    const model = textOf(line.model)
    const said = message({ role: 'assistant', parts, agent: this.#agent, model, at, record: number })
    return said === null ? [] : [said]
  }

  #results(id: string, line: Fields, at: number | undefined, number: number): readonly Translation[] {
    const ended = listOf(line.toolCalls)
      .map(fieldsOf)
      .filter((one) => one.result !== undefined && this.#spoken.first(`end ${id} ${one.id}`))
    const parts = ended.flatMap((one): (Part | null)[] => {
      this.#spoken.first(`result ${one.id}`)
      const failed = one.status === 'error' || one.status === 'cancelled'
      const told = resultOf(one.id, responseIn(one.result), failed)
      return [told, failed ? null : shownEdit(one.resultDisplay, one.args)]
    })
    const when = timeOf(ended.at(-1)?.timestamp) ?? at
    const said = message({ role: 'tool', parts, agent: this.#agent, at: when, record: number })
    return said === null ? [] : [said]
  }

  flush(): readonly Translation[] {
    return []
  }

  memo(): Json | undefined {
    const spoken = this.#spoken.memo()
    return spoken === undefined ? undefined : { facts: this.facts as JsonObject, spoken }
  }
}
