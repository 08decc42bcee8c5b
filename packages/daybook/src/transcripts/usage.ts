// Tokens that a record of its own reports: given to the message that they belong to, counted once.

import type { Json } from '../schema/json.ts'
import type { Usage } from '../schema/parts.ts'
import type { Translation } from './contract.ts'
import { countOf, fieldsOf } from './fields.ts'
import { sum, usage } from './parts.ts'

/**
 * Holds back the last message of the agent: its tokens may be told right behind it. Tokens that come when none is held
 * go with the next one.
 */
export class UsageKeeper {
  #held: Translation | null = null
  #waiting: Usage | null = null
  /** What was reported so far, where reports are sums. */
  #input = 0
  #output = 0

  constructor(memo?: Json) {
    const { waiting, input, output } = fieldsOf(memo)
    const told = fieldsOf(waiting)
    this.#waiting = usage(told.input_tokens, told.output_tokens) ?? null
    this.#input = countOf(input) ?? 0
    this.#output = countOf(output) ?? 0
  }

  /** What may be written now that these are known; the agent's own message is held back. */
  give(entries: readonly Translation[]): readonly Translation[] {
    if (entries.length === 0) return entries
    const out = [...this.flush(), ...entries]
    const last = out.at(-1)
    if (last === undefined || !isAgents(last)) return out
    out.pop()
    this.#held = this.#waiting === null ? last : withUsage(last, this.#waiting)
    this.#waiting = null
    return out
  }

  flush(): readonly Translation[] {
    const held = this.#held
    this.#held = null
    return held === null ? [] : [held]
  }

  /** A report of sums since the session began; a smaller one begins anew, an equal one says nothing. */
  total(input: unknown, output: unknown): void {
    const [in_, out] = [countOf(input) ?? 0, countOf(output) ?? 0]
    const anew = in_ < this.#input || out < this.#output
    const told = usage(anew ? in_ : in_ - this.#input, anew ? out : out - this.#output)
    this.#input = in_
    this.#output = out
    if (told) this.#add(told)
  }

  #add(told: Usage): void {
    if (this.#held) this.#held = withUsage(this.#held, told)
    else this.#waiting = sum(this.#waiting, told)
  }

  memo(): { readonly [name: string]: Json } {
    return { input: this.#input, output: this.#output, ...(this.#waiting ? { waiting: this.#waiting } : undefined) }
  }
}

function isAgents(entry: Translation): boolean {
  return entry.kind === 'message' && entry.data.role === 'assistant'
}

function withUsage(entry: Translation, told: Usage): Translation {
  if (entry.kind !== 'message') return entry
  return { ...entry, data: { ...entry.data, usage: sum(entry.data.usage ?? null, told) } }
}
