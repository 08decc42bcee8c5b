// Who could take a request: agents, skills and programs that whoever asks may use and that can work as things are.

import { isDaybookError } from '../../../schema/errors.ts'
import type { Agents } from '../../performer.ts'
import { routeOf } from '../../route.ts'
import { mayCall } from '../../skill-performer.ts'
import type { RunCaller, Skill, Skills, TextContext } from '../../skills/contract.ts'
import type { AgentDefinition } from '../contract.ts'

export interface Candidate {
  readonly kind: 'agent' | 'skill' | 'program'
  readonly name: string
  readonly description: string
}

export interface Asked extends TextContext {
  readonly text: string
  readonly caller: RunCaller
}

/** Skills that a model is offered to choose from; of more, those that the words of the text speak for. */
const mostSkills = 16

/** Of a candidate, as a model writes it. */
export function idOf({ kind, name }: Pick<Candidate, 'kind' | 'name'>): string {
  return `${kind}:${name}`
}

/**
 * Agents first, then skills, then programs that the text names and that read words, for a shell would run the sentence; the same for
 * the same request and the same set of them.
 */
export function candidatesFor(
  asked: Asked,
  definition: Pick<AgentDefinition, 'name' | 'skills' | 'handoffs'>,
  agents: Agents,
  skills: Skills,
): readonly Candidate[] {
  const { handoffs } = definition
  const others = agents.list().filter(({ name, unusable }) => name !== definition.name && unusable === undefined)
  const wanted = handoffs === undefined ? others : others.filter(({ name }) => handoffs.includes(name))
  const driven = asked.caller.programs === true ? namedIn(asked.text) : () => false
  const listed = (kind: 'agent' | 'program') =>
    wanted
      .filter((one) => (one.kind === 'program') === (kind === 'program'))
      .map(({ name, description }): Candidate => ({ kind, name, description }))
  return [
    ...listed('agent'),
    ...skillsFor(asked, definition.skills ?? [], skills),
    ...listed('program').filter(({ name }) => driven(name) && agents.get(name)?.converses !== false),
  ]
}

/** A program of this machine gets a text only from a person who names it. */
function namedIn(text: string): (name: string) => boolean {
  return (name) => new RegExp(`(?<![a-z0-9_-])${RegExp.escape(name)}(?![a-z0-9_-])`, 'i').test(text)
}

function skillsFor(asked: Asked, patterns: readonly string[], skills: Skills): readonly Candidate[] {
  const fitting = skills
    .list()
    .filter((skill) => skill.run !== null && skill.routable && mayCall(skill, asked.caller))
    .filter(({ id }) => isNamed(id, patterns))
    .filter((skill) => canRead(skill, asked))
  const spoken = fitting.length > mostSkills ? new Set(spokenFor(asked, skills)) : null
  return fitting
    .filter(({ id }) => spoken === null || spoken.has(id))
    .map(({ id, name, description }) => ({ kind: 'skill', name: id, description: `${name}: ${description}` }))
}

function spokenFor({ text, caller, ...context }: Asked, skills: Skills): readonly string[] {
  const { skill, alternatives } = routeOf(skills, text, caller, context)
  return [...(skill === null ? [] : [skill]), ...alternatives.map((one) => one.skill)]
}

/** Whether an id is one of these, `*` at the end standing for any ending. */
export function isNamed(id: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => (one.endsWith('*') ? id.startsWith(one.slice(0, -1)) : one === id))
}

/** A skill that makes nothing of the text cannot be called with it. */
function canRead({ fromText, input }: Skill, { text, now, timeZone }: Asked): boolean {
  if (input === null || input.type === 'string') return true
  try {
    return fromText(text, { now, timeZone }) !== null
  } catch (error) {
    // What it refuses with a reason is its own all the same.
    if (isDaybookError(error)) return true
    throw error
  }
}
