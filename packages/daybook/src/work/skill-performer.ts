// Performing a skill: its call as one step of the run, or, for durable skills, with steps and waits of its own.

import { DaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import { RunFailure } from './failure.ts'
import type { Performer, Turn } from './performer.ts'
import { type ApprovalPolicy, guarded } from './policy.ts'
import type { RunCaller, Skill, SkillContext, StepAttempt } from './skills/contract.ts'

export function skillPerformer(skill: Skill, policy?: ApprovalPolicy): Performer {
  return {
    async perform(turn) {
      const { run } = skill
      if (!run) {
        throw new RunFailure('refused', `${skill.id} has instructions for a model and nothing to run by itself`)
      }
      if (!mayCall(skill, turn.caller))
        throw new RunFailure('refused', `${skill.name} is not for this role`, 'forbidden')
      const input = inputOf(skill, turn)
      const summary = `${skill.name}: ${short(input)}`
      const first: StepAttempt = { key: turn.key, attempt: 1, signal: turn.signal }
      if (skill.durable) {
        // The approval of a durable skill stands before all of its steps.
        if (needsApproval(skill, policy)) {
          const check = () => skill.check(input, contextOf(turn, first, true))
          await turn.step(skill.id, () => null, { input, risk: 'high', summary, idempotent: true, check })
        }
        return run(input, contextOf(turn, first, true))
      }
      return turn.step(skill.id, (attempt) => run(input, contextOf(turn, attempt, false)), {
        input,
        risk: skill.risk,
        idempotent: skill.idempotent,
        summary,
        check: () => skill.check(input, contextOf(turn, first, false)),
      })
    },
  }
}

/** Whether a person is asked before it is called. */
export function needsApproval({ id, risk }: Skill, policy: ApprovalPolicy | undefined): boolean {
  return guarded(policy, id, { risk }).risk === 'high'
}

/** Whether the caller's role is one of the skill's (one that names none is for everybody), and it may use programs where that is needed. */
export function mayCall(
  { roles, programs }: Pick<Skill, 'roles'> & Partial<Pick<Skill, 'programs'>>,
  { role, programs: may }: RunCaller,
): boolean {
  if (programs && may !== true) return false
  return roles.length === 0 || (role !== undefined && roles.includes(role))
}

/** What the skill is called with: an object as it is, a text as the skill reads it. */
function inputOf(skill: Skill, turn: Turn): Json {
  const given = turn.input ?? null
  if (typeof given !== 'string' || skill.input === null || skill.input.type === 'string') return given
  const read = skill.fromText(given, { now: turn.asked, timeZone: turn.timeZone })
  if (read === null) throw new RunFailure('refused', `${skill.name} finds no input in the text`, 'invalid')
  return read
}

/** What a skill's code is given. Waits and steps are for durable skills: a call that is one step has none inside. */
export function contextOf(turn: Turn, attempt: StepAttempt, durable: boolean): SkillContext {
  const only = <T>(name: string, call: T): T =>
    durable
      ? call
      : ((() => {
          throw new DaybookError('invalid', `${name} is for durable skills: set durable in the definition`, {
            field: 'durable',
          })
        }) as T)
  return {
    run: turn.run,
    session: turn.session,
    caller: turn.caller,
    key: attempt.key,
    attempt: attempt.attempt,
    signal: attempt.signal,
    now: turn.now,
    timeZone: turn.timeZone,
    progress: (text) => turn.progress(text),
    delta: (text) => turn.delta(text),
    step: only<SkillContext['step']>('step', (name, effect, options) => turn.step(name, effect, options)),
    wait: only<SkillContext['wait']>('wait', (until, name) => turn.wait(until, name)),
    ask: only<SkillContext['ask']>('ask', (question, options) => turn.ask(question, options)),
  }
}

function short(input: Json): string {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
