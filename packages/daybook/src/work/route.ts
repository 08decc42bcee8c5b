// Where a free text goes: the router over the skills that may be called, made again when they change.

import type { Route } from './contract.ts'
import { router } from './routing/router.ts'
import { mayCall } from './skill-performer.ts'
import type { RunCaller, Skills } from './skills/contract.ts'

type Router = ReturnType<typeof router>

/** One router for each set of skills and role. */
const routers = new WeakMap<Skills, Map<string, Router>>()

export function routeOf(skills: Skills, text: string, caller: RunCaller): Route {
  const { skill, confidence, why, alternatives } = routerOf(skills, caller).route(text)
  return {
    skill,
    confidence,
    why,
    alternatives: alternatives.map((one) => ({ skill: one.id, confidence: one.confidence })),
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
    made = router(skills.list().filter((skill) => skill.run !== null && mayCall(skill, caller)))
    // Roles are free text: a few are kept.
    if (known.size >= 64) known.clear()
    known.set(role, made)
  }
  return made
}
