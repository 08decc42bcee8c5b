// Skills: which there are, what is wrong with their folders, where a text would go, and running one by its id.

import { DaybookError } from '../../schema/errors.ts'
import { RouteQuery, SkillRun } from '../../schema/wire-run-requests.ts'
import { Route as Routed, type RouteShape, Skill, SkillList } from '../../schema/wire-runs.ts'
import { skillList, skillShape } from '../../work/wire.ts'
import { type Route, route } from '../route.ts'
import * as examples from '../run-examples.ts'
import { runFields, sessionFor, startAnswer } from '../runs.ts'
import { startAnswers, startErrors } from './runs.ts'

const list = route(
  {
    method: 'GET',
    path: '/skills',
    operation: 'listSkills',
    tag: 'runs',
    summary: 'The skills of this server, and what is wrong with their folders',
    answers: { 200: { description: 'All of them.', schema: SkillList, example: examples.skills } },
  },
  async ({ context }) => ({ body: JSON.stringify(skillList(context.skills)) }),
)

const find = route(
  {
    method: 'GET',
    path: '/skills/route',
    operation: 'routeText',
    tag: 'runs',
    summary: 'Where a text would go, and why',
    query: RouteQuery,
    answers: { 200: { description: 'The skill that fits, or none.', schema: Routed, example: examples.routed } },
  },
  async ({ context, query: { text, role } }) => {
    const { skill, confidence, why, alternatives } = context.work.route(text, role === undefined ? {} : { role })
    const found: RouteShape = { skill, confidence, why: [...why], alternatives: [...alternatives] }
    return { body: JSON.stringify(found) }
  },
)

const read = route(
  {
    method: 'GET',
    path: '/skills/{skill_id}',
    operation: 'getSkill',
    tag: 'runs',
    summary: 'Read a skill',
    details: 'A slash in its id stands as %2F.',
    answers: { 200: { description: 'The skill.', schema: Skill, example: examples.skills.skills[0] } },
  },
  async ({ context, params: { skill_id } }) => {
    const skill = context.skills.get(skill_id)
    if (!skill) throw new DaybookError('not_found', `there is no skill ${skill_id}`)
    return { body: JSON.stringify(skillShape(skill)) }
  },
)

const run = route(
  {
    method: 'POST',
    path: '/skills/{skill_id}/run',
    operation: 'runSkill',
    tag: 'runs',
    summary: 'Run a skill, in a new session unless one is named',
    body: SkillRun,
    bodyOptional: true,
    example: { input: { expression: '2 + 3' }, wait: true },
    answers: startAnswers,
    errors: startErrors,
    writes: true,
  },
  (call) => {
    const { body, params } = call
    const fields = runFields({ ...body, skill: params.skill_id })
    return startAnswer(call, { session: sessionFor(call, body.session_id), fields, opens: true }, body)
  },
)

export const skillRoutes: readonly Route[] = [list, find, read, run]
