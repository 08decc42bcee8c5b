// What a skill is: its description, its checks, and what its code is given when it runs.

import type { RunId } from '../../schema/ids.ts'
import type { Json, JsonObject } from '../../schema/json.ts'
import type { SkillRisk } from '../../schema/states.ts'
import type { Session } from '../../session/contract.ts'
import type { StepOptions } from '../contract.ts'

/** Who asked for the run, beside its input: no input can set or read it. */
export interface RunCaller {
  readonly role?: string
  readonly attributes?: JsonObject
  /**
   * Whoever asked may give prompts to programs, which is to say run commands on this machine. The engine says so, and only of
   * runs whose agent chooses what it does by itself; what a request says of it is dropped.
   */
  readonly programs?: boolean
}

/** What `defineSkill` takes. Optional fields have the defaults of {@link Skill}. */
export interface SkillDefinition<Input extends Json = Json, Output extends Json | undefined = Json | undefined> {
  /** 1 to 128 of `a-z 0-9 . _ / -`, each part beginning with a letter or a digit, for example `travel/search-flights`. */
  readonly id: string
  readonly name: string
  /** One or two sentences; free text is matched against it. */
  readonly description: string
  /** What its author calls this version (default: nothing); what decides is the hash of its content. */
  readonly version?: string
  readonly tags?: readonly string[]
  /** JSON Schema of the input, checked before `run`; default: anything. */
  readonly input?: JsonObject
  /** JSON Schema of the output, checked after `run`; default: anything. */
  readonly output?: JsonObject
  /** Roles that may call it; default: everybody. */
  readonly roles?: readonly string[]
  /** `high` waits for an approval before it runs. Default: `low`. */
  readonly risk?: SkillRisk
  /** A call whose outcome is unknown after a crash may be made again. Default: false, and such a run fails. */
  readonly idempotent?: boolean
  /**
   * `run` is called again from its beginning after a wait or a restart, and passes its recorded steps: every effect is in
   * a `context.step`. Default: false, `run` as a whole is one step, and has no steps or waits of its own.
   */
  readonly durable?: boolean
  /**
   * The input that this text asks for; null when it does not. Default: the text where the schema of the input is a string, or
   * an object with exactly one required field that is a string.
   */
  readonly fromText?: (text: string, context: TextContext) => Input | null
  /** `fromText` is exact: a text that it reads is meant for this skill, also where no word of it names the skill. Default: false. */
  readonly claims?: boolean
  /** A free text may be routed to it. Default: true; false for what only makes sense with an input that somebody made. */
  readonly routable?: boolean
  /** Only for whoever may give prompts to programs ({@link RunCaller.programs}). Default: false. */
  readonly programs?: boolean
  /** Takes back what a call did; may be called twice, and when there is nothing to take back. */
  readonly undo?: (done: { readonly input: Input; readonly output: Output }, context: SkillContext) => Promise<void>
  /** Throws what `run` would throw at once; changes nothing. Called before a person is asked to approve a call, with an input that fits. */
  readonly check?: (input: Input, context: SkillContext) => void | Promise<void>
  readonly run: (input: Input, context: SkillContext) => Output | Promise<Output>
}

/** A skill, complete and checked. */
export interface Skill {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly version: string
  /** SHA-256 of its content: of all files of its folder, or of its definition. */
  readonly hash: string
  readonly tags: readonly string[]
  readonly input: JsonObject | null
  readonly output: JsonObject | null
  readonly roles: readonly string[]
  readonly risk: SkillRisk
  readonly idempotent: boolean
  readonly durable: boolean
  readonly claims: boolean
  readonly routable: boolean
  readonly programs: boolean
  /** `built-in`, or the folder it was read from. */
  readonly source: string
  /** The text of its `SKILL.md` below the head, for models. */
  readonly instructions: string | null
  readonly fromText: (text: string, context: TextContext) => Json | null
  readonly undo:
    | ((done: { readonly input: Json; readonly output: Json }, context: SkillContext) => Promise<void>)
    | null
  /** Before a person is asked to approve a call: throws where it could not be made, whatever they say. */
  readonly check: (input: Json, context: SkillContext) => Promise<void>
  /** Null: instructions only; nothing to run without a model. */
  readonly run: ((input: Json, context: SkillContext) => Promise<Json | undefined>) | null
}

export interface TextContext {
  /** Milliseconds since 1970. */
  readonly now: number
  /** IANA name, for example `Europe/Moscow`. */
  readonly timeZone: string
}

export interface SkillContext extends TextContext {
  readonly run: RunId
  /** The session it works in; what it writes carries the run's fence. */
  readonly session: Session
  readonly caller: RunCaller
  /** Idempotency key of this call: the same in every attempt. */
  readonly key: string
  /** 1 for the first try. */
  readonly attempt: number
  /** Aborted when the run is cancelled, its time is over, or its lease was lost. */
  readonly signal: AbortSignal
  /** One line about how far it is; shown live, never stored. */
  progress(text: string): void
  /** Text as it comes; shown live, kept with the run if it is cut off, never stored piece by piece. */
  delta(text: string): void
  /** Only durable skills: one recorded effect. Done once; after a restart its recorded output is given. */
  step<T extends Json | undefined>(
    name: string,
    effect: (attempt: StepAttempt) => T | Promise<T>,
    options?: StepOptions,
  ): Promise<T>
  /** Only durable skills: goes on at this moment (milliseconds since 1970), also after restarts. Costs no timer. */
  wait(until: number, name?: string): Promise<void>
  /** Only durable skills: waits for a person's answer. */
  ask(question: string, options?: { readonly until?: number }): Promise<Json>
}

export interface StepAttempt {
  /** Idempotency key of the step: the same in every attempt. */
  readonly key: string
  /** 1 for the first try. */
  readonly attempt: number
  readonly signal: AbortSignal
}

export interface SkillFault {
  readonly folder: string
  /** Begins with file and line, where they are known. */
  readonly message: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** What has to be known of skills: which there are, and the text they answer to. */
export interface Skills {
  list(): readonly Skill[]
  get(id: string): Skill | undefined
  /** What is wrong at the moment with folders that skills are read from; absent where there are none. */
  faults?(): readonly SkillFault[]
  /**
   * Makes known what stands behind these ids (`*` at the end: any ending), where that takes a connection. Called before a
   * model is offered them. What cannot be reached is told in the answer, a sentence for each, and fails nothing.
   */
  prepare?(ids: readonly string[], signal: AbortSignal): Promise<readonly string[]>
  /** Called after every change of the list; returns the call that ends it. */
  onChange(listener: () => void): () => void
}
