// What performs a run: agents by name, and the turn that they are given.

import type { DeltaContent } from '../schema/deltas.ts'
import type { NewEntry, StoredEntry } from '../schema/entries.ts'
import type { RunId } from '../schema/ids.ts'
import type { Json } from '../schema/json.ts'
import type { Message } from '../schema/parts.ts'
import type { Session } from '../session/contract.ts'
import type { StepOptions } from './contract.ts'
import type { RunCaller, StepAttempt, TextContext } from './skills/contract.ts'

/** Performs one run; called again from its beginning after a wait or a restart. Every effect is in a step. */
export interface Performer {
  /** Whether what is steered into a run reaches it. */
  readonly steerable?: boolean
  /** Whether its answer stands in the log by itself; else the engine writes its output as a message. */
  readonly tells?: boolean
  /** What it gives is the run's output. A {@link RunFailure} ends the run with its reason, any other error with `error`. */
  perform(turn: Turn): Promise<Json | undefined>
}

export interface Agent extends Performer {
  readonly name: string
  /** What stands behind it. */
  readonly kind: 'skills' | 'model' | 'team' | 'program'
  readonly description: string
  /** Why it cannot take a turn as things are, in a sentence for people; absent: it can. */
  readonly unusable?: string
  /** Of those that ask a model: which, in this order; absent or empty: the standard model. */
  readonly models?: readonly string[]
  /** Agents that it may hand over to, or, of a team, that are in it. */
  readonly handoffs?: readonly string[]
  /** False: what it takes are commands or code, so no agent hands it what a person said. Absent: it reads words. */
  readonly converses?: boolean
  /**
   * The step that it surely begins this input with, before it waits for anything; it goes out with what asks for the run.
   * Absent or null: nobody knows before. `model`: the one that a person chose.
   */
  readonly first?: (input: Json | undefined, model: string | null) => FirstStep | null
  /** `built-in`, or the path of its file; absent where it has none of its own. */
  readonly source?: string
}

export interface FirstStep {
  readonly name: string
  /** As the step records it. */
  readonly input?: Json
}

export interface Agents {
  list(): readonly Agent[]
  get(name: string): Agent | undefined
  /** What is wrong at the moment with the files that agents are read from; absent where there are none. */
  faults?(): readonly { readonly path: string; readonly message: string; readonly since: number }[]
}

export interface Turn extends TextContext {
  readonly run: RunId
  readonly session: Session
  readonly input: Json | undefined
  readonly caller: RunCaller
  /** When it was asked for, milliseconds since 1970: the same in every attempt, as `now` is not. */
  readonly asked: number
  /** Idempotency key of the run. */
  readonly key: string
  readonly signal: AbortSignal
  /** One recorded effect. Done once; after a restart its recorded output is given. */
  step<T extends Json | undefined>(
    name: string,
    effect: (attempt: StepAttempt) => T | Promise<T>,
    options?: StepOptions,
  ): Promise<T>
  /**
   * One recorded effect whose end stands in the log as a message: both go out in one append, the end only names the message,
   * and after a restart the message is read from the log. What the effect threw, a refused approval and an unknown outcome are
   * told in the same way, where `says` makes a message of them; where it gives null they are thrown. The run's output, unless its
   * performer gives another, is the last message that was told.
   */
  tell<T>(
    name: string,
    effect: (attempt: TellAttempt) => Promise<T>,
    says: (end: StepEnd<T>) => Said | null,
    options?: StepOptions,
  ): Promise<Message>
  wait(until: number, name?: string): Promise<void>
  ask(question: string, options?: { readonly until?: number }): Promise<Json>
  /** A run of its own inside this one, under the same lease. Gives its output; throws {@link RunFailure} when it failed. */
  child(fields: { readonly agent?: string; readonly skill?: string; readonly input?: Json }): Promise<Json | undefined>
  /**
   * Models to ask for an agent that names these, in this order; none: the standard one. What a person chose for the run, else for
   * the session, stands in their place; inside another run only where the agent names none.
   */
  modelsFor(own?: readonly string[]): readonly string[]
  progress(text: string): void
  delta(text: string): void
  /** Nobody else has written to the session since the journal was read, as far as the last write could see. */
  readonly untouched: boolean
  /** All of the session's log up to the turn's last write, where this process has it: a short one that the turn opened. */
  log(): readonly StoredEntry[] | null
  /** What was steered into the run so far, oldest first; without what came since the journal was read. */
  steered(): readonly Json[]
}

/** How an effect ended: with what it gave, or with why it gave nothing. */
export type StepEnd<T> = { readonly output: T } | { readonly failure: unknown }

export interface Said {
  readonly message: Message
  /** Entries in front of it, in the same append. */
  readonly before?: readonly NewEntry[]
}

export interface TellAttempt extends StepAttempt {
  /** A piece of the message that is to come; shown live, kept with the run if it is cut off. */
  piece(content: DeltaContent): void
}
