// Agents that think: how one is defined, what a call of its model is made of, and who watches what it spends.

import type { ModelAnswer, ModelFacts, ModelMessage, ModelName, ModelRequest } from '../../model/contract.ts'
import type { StoredEntry } from '../../schema/entries.ts'
import type { RunId, Seq } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'

export interface AgentLimits {
  /** Calls of the model in one turn; default 24. Then the turn ends as it is, and says so. */
  readonly calls?: number
  /** Hand-offs in one turn, whoever makes them; default 4. */
  readonly handoffs?: number
  /** Tokens of one turn, all calls and child runs together. */
  readonly tokens?: number
  /** US dollars of one turn. */
  readonly cost?: number
  /** Milliseconds of one call of the model; default 5 minutes. */
  readonly callMs?: number
}

export interface AgentDefinition {
  readonly name: string
  /** For people, and for the agent that chooses among others. */
  readonly description: string
  readonly instructions: string
  /** Tried in this order; default: the standard model. */
  readonly models?: readonly ModelName[]
  /** Ids of skills, `*` at the end stands for any ending; default: none. */
  readonly skills?: readonly string[]
  /** Names of configured MCP servers, whose tools are its skills too. */
  readonly mcp?: readonly string[]
  /** Agents that it may hand over to; default: none. */
  readonly handoffs?: readonly string[]
  readonly limits?: AgentLimits
  readonly temperature?: number
  readonly reasoning?: ModelRequest['reasoning']
  /** Words that a text may name it by, in any language. */
  readonly tags?: readonly string[]
  /** Where it was read from: `built-in`, or the path of its file. */
  readonly source: string
}

/** What is wrong with the file of an agent; its last good version stays in use. */
export interface AgentFault {
  readonly path: string
  /** Begins with file and line, where they are known. */
  readonly message: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** The definitions of this process: built-in ones and those of files, which may change while it runs. */
export interface AgentDefinitions {
  /** In the order in which they are shown; each name once. */
  list(): readonly AgentDefinition[]
  /** As it is now: a turn that has begun keeps the one that it was given. */
  get(name: string): AgentDefinition | undefined
  /** What is wrong at the moment. */
  faults(): readonly AgentFault[]
  /** Called after every change of the list; returns the call that ends it. */
  onChange(listener: () => void): () => void
}

/** Why something stands in a context, and what it takes. */
export interface ContextPart {
  readonly kind: 'instructions' | 'skills' | 'pins' | 'state' | 'summary' | 'recalled' | 'messages'
  /** An estimate. */
  readonly tokens: number
  /** Entries that it was made of, where it was made of entries. */
  readonly from?: Seq
  readonly to?: Seq
  /** For people, in one line. */
  readonly why: string
}

/** Exactly what the next call of a model would send. */
export interface Context {
  readonly instructions: string
  readonly messages: readonly ModelMessage[]
  readonly parts: readonly ContextPart[]
  /** Estimates; `tokens` is never more than `budget`. */
  readonly tokens: number
  readonly budget: number
  /** The seq that it was made at. */
  readonly seq: Seq
  /** Active entries that are neither among the messages nor covered by a summary: what a summary should take in; null: none. */
  readonly leftOut: { readonly from: Seq; readonly to: Seq } | null
  /** Where the summary that it begins with reaches; 0 without one. Messages begin behind it. */
  readonly covers: Seq
}

/** Entries of one session that fit some words, before a seq; the best first, and only those that the index knows. */
export type Recall = (
  session: Session,
  question: { readonly words: string; readonly before: Seq; readonly limit: number },
) => Promise<{
  readonly seqs: readonly Seq[]
  /** Whether everything that was stored before the call was looked through. */
  readonly complete: boolean
}>

export interface ContextSetting {
  readonly session: Session
  readonly agent: Pick<AgentDefinition, 'name' | 'instructions'>
  readonly model: {
    readonly facts: ModelFacts
    estimate(text: string): number
    /** Its estimates were corrected by what it reported; until then less of its context is used. */
    readonly corrected?: boolean
  }
  /** Tokens that the offered skills take; they count against the budget. */
  readonly skillTokens?: number
  /** Tokens kept free for the answer; default: what the model may answer, at most a quarter of its context. */
  readonly answerTokens?: number
  /** As things stood at this seq; default: now. */
  readonly until?: Seq
  /** All of the log, where the caller has it: then it is not read, and now is its end. */
  readonly log?: readonly StoredEntry[]
  /** Looks passages up in what is not sent as it stands; without it none are recalled. */
  readonly recall?: Recall
  /** Bytes of a file by its hash; without it files are named and not sent. */
  readonly blob?: (hash: string) => Promise<Uint8Array | null>
  /** At most so many of the last messages; default: as many as fit. */
  readonly lastMessages?: number
  /** For which call it is made; see {@link Contexts}. */
  readonly call?: ContextCall
}

/** For which call a context is made, where a summary may have to be written before it. */
export interface ContextCall {
  readonly run: RunId
  readonly signal: AbortSignal
  readonly spending?: Spending
}

/** Makes contexts in time: what would not fit is summarised before the call, and what soon would not, behind the turn. */
export interface Contexts {
  /**
   * What a call is sent. With {@link ContextSetting.call}, where something would be left out that no summary covers, a summary is
   * written first, under the session's own lease, and the context is made anew. A model that fails is no failure of this: then
   * the summary is made without one. Without a call nothing is written: what `show --context` prints.
   */
  make(setting: ContextSetting): Promise<Context>
  /** A run ended: where its last context was nearly full, a summary begins in the background. Returns at once, and never fails. */
  ended(run: RunId): void
  /** Ends what is under way in the background. */
  close(): Promise<void>
}

/** One call of a model, before and after. */
export interface Spending {
  /**
   * Puts aside what the call may take at most, or what is left; waits while only calls under way stand between.
   *
   * @throws NoRoom when what is left does not even take the question
   */
  reserve(call: SpendingCall): Promise<Reservation>
}

export interface SpendingCall {
  readonly session: Session
  readonly run: RunId
  readonly agent: string
  readonly model: ModelFacts
  /** Estimated tokens of the question, and the most that may be answered. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** Ends the wait for calls under way, whose true amounts decide whether this one fits. */
  readonly signal?: AbortSignal
}

export interface Reservation {
  /** For people, when a budget is nearly used up. */
  readonly warning?: string
  /** So many tokens of an answer stay within every budget; absent: as many as wanted. */
  readonly outputTokens?: number
  /** What it took. Once; later calls do nothing. */
  settle(answer: Pick<ModelAnswer, 'usage' | 'cost'>): Promise<void>
  /** Nothing was taken. */
  release(): Promise<void>
}
