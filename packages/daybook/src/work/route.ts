// Where a free text goes: the router over the skills that may be called, made again when they change.

import { isDaybookError } from '../schema/errors.ts'
import type { Route } from './contract.ts'
import { router } from './routing/router.ts'
import { mayCall } from './skill-performer.ts'
import type { RunCaller, Skill, Skills, TextContext } from './skills/contract.ts'

type Router = ReturnType<typeof router>

/** One router for each set of skills and role. */
const routers = new WeakMap<Skills, Map<string, Router>>()

/** @param context what a skill reads a text with, where no word of it names one */
export function routeOf(skills: Skills, text: string, caller: RunCaller, context: TextContext): Route {
  const { skill, confidence, why, alternatives } = routerOf(skills, caller).route(text)
  const others = alternatives.map((one) => ({ skill: one.id, confidence: one.confidence }))
  const claiming = skill === null ? claimed(skills, text, caller, context) : undefined
  if (!claiming) return { skill, confidence, why, alternatives: others }
  const word = text.trim().slice(0, 80)
  return {
    skill: claiming.id,
    confidence: claimConfidence,
    why: [{ word, field: 'input', term: claiming.name, match: 'form' }],
    alternatives: others.filter((one) => one.skill !== claiming.id),
  }
}

/** Of a text that exactly one skill reads as its input. */
const claimConfidence = 0.9

function claimed(skills: Skills, text: string, caller: RunCaller, context: TextContext): Skill | undefined {
  const found = skills
    .list()
    .filter((skill) => skill.claims && skill.routable && mayCall(skill, caller) && reads(skill, text, context))
  return found.length === 1 ? found[0] : undefined
}

/** A text that a skill refuses with a reason is its own all the same: whoever asked is told why. */
function reads({ fromText }: Skill, text: string, context: TextContext): boolean {
  try {
    return fromText(text, context) !== null
  } catch (error) {
    if (isDaybookError(error)) return true
    throw error
  }
}

function routerOf(skills: Skills, caller: RunCaller): Router {
  let known = routers.get(skills)
  if (!known) {
    const fresh = new Map<string, Router>()
    skills.onChange(() => fresh.clear())
    routers.set(skills, fresh)
    known = fresh
  }
  const role = caller.role ?? ''
  let made = known.get(role)
  if (!made) {
    made = router(skills.list().filter((skill) => skill.run !== null && skill.routable && mayCall(skill, caller)))
    // Roles are free text: a few are kept.
    if (known.size >= 64) known.clear()
    known.set(role, made)
  }
  return made
}
