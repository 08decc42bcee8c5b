// `daybook skill list`: every skill with what it may cost and where it comes from, what is wrong, or where a text would go.

import type { SkillListShape } from '../../schema/wire-runs.ts'
import type { Route } from '../../work/contract.ts'
import type { Context } from '../context.ts'
import { shortPath } from '../format/path.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'

export const perform: Perform = async (context, call) => {
  const { runs } = await context.backend()
  const wanted = text(call, 'for')
  if (wanted !== undefined) return explain(context, await runs.route(wanted))
  return list(context, await runs.skills())
}

function list({ output, host, me }: Context, { skills, faults }: SkillListShape): undefined {
  if (output.json) {
    output.object({ skills, faults })
    return undefined
  }
  output.table(
    skills.map(({ skill_id, risk, version, source, description, runnable }) => [
      oneLine(skill_id),
      risk,
      oneLine(version),
      shortPath(oneLine(source), host.cwd),
      `${runnable ? '' : 'for models: '}${oneLine(description)}`,
    ]),
    { columns: [{}, {}, {}, {}, { flexible: true }], styles: ['cyan', undefined, 'dim', 'dim'] },
  )
  if (faults.length > 0) output.line(output.style('bold', 'cannot be read'))
  // Whole: the end of a message says where to look.
  for (const { folder, message } of faults)
    output.line(`  ${shortPath(oneLine(folder), host.cwd)}  ${oneLine(message)}`)
  output.hint(`${me} skill show ID   ${me} skill add ID   ${me} skill list --for "…"`)
  return undefined
}

function explain({ output, me }: Context, route: Route): undefined {
  if (output.json) {
    output.object(route)
    return undefined
  }
  const { skill, confidence, why, alternatives } = route
  output.line(skill === null ? 'no skill fits' : `${oneLine(skill)}  ${confidence.toFixed(2)}`)
  output.table(
    why.map(({ word, field, term }) => [oneLine(word), word === term ? '' : `as ${oneLine(term)}`, `in its ${field}`]),
    { indent: 2, styles: ['cyan', 'dim', 'dim'] },
  )
  if (alternatives.length > 0) output.line(skill === null ? 'nearest' : 'else')
  output.table(
    alternatives.map((other) => [oneLine(other.skill), other.confidence.toFixed(2)]),
    { indent: 2, columns: [{}, { right: true }], styles: ['cyan'] },
  )
  if (skill === null) output.hint(`${me} skill list`)
  return undefined
}
