// A context as it is put together from its parts, and what is given up, in which order, when it does not fit.

import type { ModelMessage } from '../../../model/contract.ts'
import { messageTokens } from '../../../model/estimate.ts'
import type { Seq } from '../../../schema/ids.ts'
import type { ContextPart } from '../contract.ts'
import { cutText, markLength } from './cut.ts'
import { marked } from './marks.ts'
import { tokensOfMessage } from './measure.ts'
import { messagesOf } from './messages.ts'
import type { Block } from './pieces.ts'
import type { Section } from './standing.ts'
import { type Turned, tighter, type Unit } from './units.ts'

export interface Ingredients {
  readonly agent: string
  readonly instructions: string
  readonly skillTokens: number
  readonly estimate: (text: string) => number
  readonly kept: Section | null
  readonly summary: Section | null
  readonly state: Section | null
  readonly recalled: readonly Section[]
  /** Why nothing was recalled, where something should have been. */
  readonly lack: string | null
  /** All that was read, oldest first. */
  readonly units: readonly Unit[]
  /** Place of the first one that is sent. */
  readonly start: number
  /** Place of what the person said last; before `start` it is sent all the same. -1: nobody said anything. */
  readonly asked: number
  /** Nothing stands between what the summary covers and the first unit. */
  readonly whole: boolean
  readonly covers: Seq
  readonly seq: Seq
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Characters of one text among the messages. */
  readonly longest: number
}

export interface Made {
  readonly instructions: string
  readonly messages: readonly ModelMessage[]
  readonly parts: readonly ContextPart[]
  readonly tokens: number
  readonly leftOut: { readonly from: Seq; readonly to: Seq } | null
}

/** Gives up parts until it is within `budget`. Null: even the least is more. */
export function planned(ingredients: Ingredients, budget: number): Made | null {
  let given: Ingredients | null = ingredients
  while (given) {
    const made: Made = makeOf(given)
    if (made.tokens <= budget) return made
    given = lessOf(given, made.tokens - budget)
  }
  return null
}

/** What matters least goes first. */
function lessOf(given: Ingredients, over: number): Ingredients | null {
  const { recalled, units, start, asked, state, kept, summary, longest, instructions } = given
  if (recalled.length > 0) return { ...given, recalled: recalled.slice(0, -1) }
  const last = units.length - 1
  if (start < last) return { ...given, start: later(units, start, over) }
  if (state) return { ...given, state: null }
  if (kept) return { ...given, kept: null }
  if (summary && summary.text.length > 2 * markLength) return { ...given, summary: halved(summary) }
  if (longest > markLength)
    return { ...given, longest: Math.floor(Math.min(longest, longestIn(units, start, asked)) / 2) }
  if (instructions.length > 2 * markLength) return { ...given, instructions: firstHalf(instructions) }
  if (summary) return { ...given, summary: null }
  return start === last && asked < last && asked >= 0 ? { ...given, start: units.length } : null
}

function later(units: readonly Unit[], start: number, over: number): number {
  let [at, left] = [start, over]
  do {
    left -= units[at]?.tokens ?? 0
    at += 1
  } while (left > 0 && at < units.length - 1)
  return at
}

function halved(section: Section): Section {
  const text = cutText(section.text, Math.floor(section.text.length / 2), section.to ?? 0)
  return { ...section, text, why: section.why.includes(', cut') ? section.why : `${section.why}, cut in its middle` }
}

function firstHalf(text: string): string {
  return `${text.slice(0, Math.floor(text.length / 2) - 2).toWellFormed()} …`
}

function longestIn(units: readonly Unit[], start: number, asked: number): number {
  const sent = units.filter((_, at) => at >= start || at === asked)
  const lengths = sent.flatMap(({ turned }) => turned.flatMap(({ blocks }) => blocks.map(lengthOf)))
  return Math.max(markLength, ...lengths)
}

function lengthOf(block: Block): number {
  if (block.type === 'text' || block.type === 'reasoning') return block.text.length
  if (block.type === 'result') return JSON.stringify(block.output)?.length ?? 0
  return block.type === 'call' ? (JSON.stringify(block.input)?.length ?? 0) : 0
}

function makeOf(given: Ingredients): Made {
  const { estimate, skillTokens, state, recalled } = given
  const instructions = given.instructions.toWellFormed()
  const leftOut = leftOutOf(given)
  const preface = prefaceOf(given, leftOut)
  const beside = [...(state ? [state.text] : []), ...recalledTexts(recalled)]
  const turned: Turned[] = preface === '' ? [] : [textOf(preface)]
  turned.push(...sentOf(given, beside.length === 0 ? '' : marked('context', beside)))
  if (turned.at(-1)?.role !== 'user' && turned.at(-1)?.role !== 'tool') turned.push(textOf('Go on.'))
  if (turned[0]?.role !== 'user') turned.unshift(textOf('[The session begins with what you said.]'))
  const messages = messagesOf(turned, given.files)
  const own = messageTokens + estimate(instructions)
  const told = messages.reduce((sum, message) => sum + tokensOfMessage(message, estimate), 0)
  const tokens = own + skillTokens + told
  return { instructions, messages, parts: partsOf(given, own, told), tokens, leftOut }
}

function textOf(text: string): Turned {
  return { role: 'user', blocks: [{ type: 'text', text }] }
}

function recalledTexts(recalled: readonly Section[]): readonly string[] {
  if (recalled.length === 0) return []
  return [
    `From earlier in this session, because it shares words with what follows:\n${recalled.map(({ text }) => text).join('\n')}`,
  ]
}

function leftOutOf({ units, start, whole, covers, seq }: Ingredients): Made['leftOut'] {
  if (start === 0 && whole) return null
  const [first, before] = [units[start], units[start - 1]]
  const to = before?.last ?? (first ? first.first - 1 : seq)
  const from = whole ? (units[0]?.first ?? covers + 1) : covers + 1
  return to < from ? null : { from, to }
}

function prefaceOf({ kept, summary }: Ingredients, leftOut: Made['leftOut']): string {
  const gap = leftOut ? [`Entries ${leftOut.from} to ${leftOut.to} of this session are left out here.`] : []
  const texts = [...(kept ? [kept.text] : []), ...(summary ? [summary.text] : []), ...gap]
  return texts.length === 0 ? '' : marked('session', texts)
}

/** The units that are sent, with what surrounds the question in front of it. */
function sentOf({ units, start, asked, longest }: Ingredients, context: string): readonly Turned[] {
  const isKept = asked >= 0 && asked < start
  const places = [...(isKept ? [asked] : []), ...units.keys().filter((at) => at >= start)]
  const turned = places.flatMap((at) => {
    const unit = units[at]
    const own = unit ? tighter(unit, longest) : []
    return at === asked && context !== '' ? [textOf(context), ...own] : own
  })
  if (isKept && asked + 1 < start) {
    const [from, to] = [units[asked + 1]?.first, units[start - 1]?.last]
    turned.splice(
      turned.length - lengthFrom(units, start),
      0,
      textOf(`[Entries ${from} to ${to}, in between, are left out.]`),
    )
  }
  return asked < 0 && context !== '' ? [...turned, textOf(context)] : turned
}

function lengthFrom(units: readonly Unit[], start: number): number {
  return units.slice(start).reduce((sum, { turned }) => sum + turned.length, 0)
}

function partsOf(given: Ingredients, own: number, told: number): readonly ContextPart[] {
  const { skillTokens, estimate, kept, summary, state, recalled, lack } = given
  const parts: ContextPart[] = [{ kind: 'instructions', tokens: own, why: `instructions of the agent ${given.agent}` }]
  if (skillTokens > 0) parts.push({ kind: 'skills', tokens: skillTokens, why: 'the skills that are offered' })
  const beside: ContextPart[] = []
  const add = (kind: ContextPart['kind'], section: Section | null): void => {
    if (!section) return
    const { text, why, from, to } = section
    beside.push({
      kind,
      tokens: estimate(text),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      why,
    })
  }
  add('pins', kept)
  add('summary', summary)
  add('state', state)
  for (const one of recalled) add('recalled', one)
  if (lack !== null) beside.push({ kind: 'recalled', tokens: 0, why: `${lack}: what it lacks is not recalled` })
  const left = Math.max(0, told - beside.reduce((sum, { tokens }) => sum + tokens, 0))
  return [...parts, ...beside, messagePart(given, left)]
}

function messagePart({ units, start, asked, whole, longest }: Ingredients, tokens: number): ContextPart {
  const sent = units.filter((_, at) => at >= start || at === asked)
  const [first, last] = [sent[0], sent.at(-1)]
  if (!first || !last) return { kind: 'messages', tokens, why: 'nobody has said anything yet' }
  const count = sent.reduce((sum, { turned }) => sum + turned.length, 0)
  const cuts = sent.reduce((sum, unit) => sum + unit.cuts, 0)
  const facts = [
    start === 0 && whole ? `all ${count} messages since then` : `the last ${count} messages that fit`,
    asked >= 0 && asked < start ? `with entry ${units[asked]?.first}, to which they answer` : '',
    cuts > 0 || Number.isFinite(longest) ? `${Math.max(1, cuts)} long texts cut in their middle` : '',
  ]
  return {
    kind: 'messages',
    tokens,
    from: first.first,
    to: last.last,
    why: facts.filter((fact) => fact !== '').join(', '),
  }
}
