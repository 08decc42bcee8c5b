// Writes a summary of a session by a model: from the last one and what came since, and by our own hand where no model answers.

import { type Model, ModelFailure } from '../../model/contract.ts'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { RunId, Seq } from '../../schema/ids.ts'
import type { Usage } from '../../schema/parts.ts'
import type { Receipt, Session, SummaryFields, WriteOptions } from '../../session/contract.ts'
import { capsOf } from '../agents/context/caps.ts'
import { type Looked, lookAt } from '../agents/context/log.ts'
import type { Spending } from '../agents/contract.ts'
import { settling } from '../agents/spending.ts'
import { RunFailure } from '../failure.ts'
import { type Material, materialOf } from './material.ts'
import { summaryRequest } from './prompt.ts'

export interface SummaryCall {
  /** Null: none can be asked, for this reason. */
  readonly model: Model | null
  readonly why?: string
  /** Covers entries up to this one; default: all there are. */
  readonly until?: Seq
  /** Of the model that the summary is for; default: of the one that writes it. */
  readonly contextTokens?: number
  readonly signal: AbortSignal
  readonly spending?: { readonly by: Spending; readonly run: RunId }
  /** Key and expected seq of the write. */
  readonly options?: Pick<WriteOptions, 'key' | 'expect'>
  /** A failure of the model is thrown, and nothing is written. Default: then the summary is made without one. */
  readonly strict?: boolean
}

export interface WrittenSummary {
  readonly receipt: Receipt
  readonly text: string
  readonly coversSeq: Seq
  /** Null: no model made it, for the reason in `why`. */
  readonly model: string | null
  readonly why: string | null
}

/** Whose spending it is. */
export const summaryAgent = 'summary'
/** Portions of what was never summarised that a model is given, each the better part of its context; older ones are told plainly. */
const mostPortions = 6
const portion = 0.6
/** However large its context is: a summary must not cost more than the work. */
const largestPortion = 24_000
const charactersPerToken = 3
const timeoutMs = 180_000
/** Times that the write is tried beside others' writes. */
const attempts = 50

/**
 * @throws DaybookError `conflict` when what it covers was rewound or erased meanwhile, and as reading and appending do;
 * ModelFailure and RunFailure only when `strict`
 */
export async function writeSummary(session: Session, call: SummaryCall): Promise<WrittenSummary> {
  const looked = await lookAt(session)
  const until = call.until ?? looked.seq
  const { fields, why } = await made(looked, until, call)
  const receipt = await written(looked, fields, call.options)
  const [entry] = await session.read({ after: receipt.last - 1, until: receipt.last })
  if (entry?.kind !== 'summary' || !entry.data) throw new DaybookError('gone', 'the summary of this call was erased')
  const { text, covers_seq: coversSeq, model = null } = entry.data
  return { receipt, text, coversSeq, model, why: model === null ? why : null }
}

interface Attempted {
  readonly fields: SummaryFields
  /** Why no model made it. */
  readonly why: string | null
}

async function made(looked: Looked, until: Seq, call: SummaryCall): Promise<Attempted> {
  const { model, why = 'no model is configured' } = call
  if (!model) return { fields: { coversSeq: until }, why }
  try {
    return { fields: await byModel(looked, until, call, model), why: null }
  } catch (error) {
    const isModels = error instanceof ModelFailure || error instanceof RunFailure
    if (!isModels || call.strict || call.signal.aborted) throw error
    return { fields: { coversSeq: until }, why: `${model.facts.name}: ${error.message}` }
  }
}

async function byModel(looked: Looked, until: Seq, call: SummaryCall, model: Model): Promise<SummaryFields> {
  const { contextTokens } = model.facts
  const before = looked.summary && looked.summary.covers_seq <= until ? looked.summary : null
  const most = capsOf({ contextTokens: call.contextTokens ?? contextTokens }).summary
  const room = Math.max(
    64,
    Math.min(largestPortion, Math.floor(contextTokens * portion)) - model.estimate(before?.text ?? '') - 600,
  )
  const estimate = (text: string): number => model.estimate(text)
  const since = (floor: Seq) => materialOf(looked, { floor, until }, estimate, { room, most: mostPortions })
  let material = await since(before?.covers_seq ?? 0)
  // Nothing came since one that no model made: it is made anew from what it covers.
  const anew = material.portions.length === 0 && before !== null && before.model === undefined
  if (anew) material = await since(0)
  let text = anew ? '' : (before?.text ?? '')
  if (material.first !== null) text = await plainUntil(looked, material.first - 1)
  const sum: { input: number; output: number; cost: number | undefined } = { input: 0, output: 0, cost: 0 }
  let by = before?.model
  for (const lines of material.portions) {
    const answer = await asked(
      looked.session,
      call,
      model,
      material,
      text,
      lines.map((line) => line.text).join('\n'),
      most,
    )
    text = answer.content.trim()
    if (text === '') throw new ModelFailure('invalid_answer', answer.model, 'it answered nothing')
    by = answer.model
    sum.input += answer.usage.input_tokens ?? 0
    sum.output += answer.usage.output_tokens ?? 0
    sum.cost = answer.cost === undefined || sum.cost === undefined ? undefined : sum.cost + answer.cost
  }
  const usage: Usage = { input_tokens: sum.input, output_tokens: sum.output, total_tokens: sum.input + sum.output }
  return {
    coversSeq: until,
    text: text.slice(0, 4 * most).toWellFormed(),
    ...(by === undefined ? undefined : { model: by }),
    ...(material.portions.length === 0 ? undefined : { usage }),
    ...(material.portions.length === 0 || sum.cost === undefined ? undefined : { cost: sum.cost }),
  }
}

/** What is too much for a model is told plainly, in a summary of its own. */
async function plainUntil({ session }: Looked, until: Seq): Promise<string> {
  const { last } = await session.summarise({ coversSeq: until })
  const [entry] = await session.read({ after: last - 1, until: last })
  return entry?.kind === 'summary' && entry.data ? entry.data.text : ''
}

async function asked(
  session: Session,
  { signal, spending }: SummaryCall,
  model: Model,
  { language }: Material,
  before: string,
  since: string,
  most: number,
) {
  const request = summaryRequest(language, before, since, most)
  const maxOutputTokens = Math.min(model.facts.maxOutputTokens, Math.max(64, Math.ceil(most / charactersPerToken)))
  const inputTokens = model.estimate(request.instructions) + model.estimate(request.messages[0]?.content ?? '')
  const reserving = {
    session,
    agent: summaryAgent,
    model: model.facts,
    inputTokens,
    outputTokens: maxOutputTokens,
    signal,
  }
  const reservation = await spending?.by.reserve({ ...reserving, run: spending.run })
  return settling(reservation, () => model.call({ ...request, maxOutputTokens }, { signal, timeoutMs }))
}

/** What was read must still be what is there: a rewind or an erasure since then makes a summary of it untrue. */
async function written(
  { session, seq }: Looked,
  fields: SummaryFields,
  options: SummaryCall['options'] = {},
): Promise<Receipt> {
  for (let attempt = 1; ; attempt += 1) {
    const head = await session.head()
    const changes = await session.stored({ kinds: ['session.rewound', 'entry.erased'], after: seq, limit: 1 })
    if (changes.length > 0)
      throw new DaybookError('conflict', 'the session changed behind the summary', { seq: head.seq })
    try {
      return await session.summarise(fields, { expect: head.seq, ...options })
    } catch (error) {
      const isRace = isDaybookError(error) && error.code === 'conflict' && options.expect === undefined
      if (!isRace || attempt === attempts) throw error
    }
  }
}
