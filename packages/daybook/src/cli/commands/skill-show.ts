// `daybook skill show`: everything that is known of one skill.

import type { SkillShape } from '../../schema/wire-runs.ts'
import { exits, Refusal } from '../exits.ts'
import { harmless, oneLine } from '../format/width.ts'
import { nearest, type Perform } from '../grammar.ts'

export const perform: Perform = async (context, call) => {
  const id = call.args[0] ?? ''
  const { runs } = await context.backend()
  const { skills, faults } = await runs.skills()
  const skill = skills.find((each) => each.skill_id === id)
  const { output, me } = context
  if (skill === undefined) {
    const near = nearest(
      id,
      skills.map((each) => each.skill_id),
    )
    throw new Refusal(exits.notFound, 'not_found', {
      what: `there is no skill ${id}`,
      why: faults.length > 0 ? `${faults.length} cannot be read.` : `There are ${skills.length}.`,
      next: near === undefined ? `${me} skill list` : `${me} skill show ${near}`,
    })
  }
  if (output.json) {
    output.object(skill)
    return undefined
  }
  output.line(output.style('bold', `${oneLine(skill.skill_id)}   ${oneLine(skill.name)}`))
  output.line(oneLine(skill.description))
  output.table(factsOf(skill), { columns: [{}, { flexible: true }], styles: ['dim'] })
  if (skill.instructions !== null && skill.instructions.trim() !== '') {
    output.line()
    output.line(harmless(skill.instructions.trim()))
  }
  return undefined
}

function factsOf(skill: SkillShape): string[][] {
  const ways = [
    skill.durable ? 'goes on after a restart' : '',
    skill.idempotent ? 'may be repeated' : '',
    skill.undoable ? 'can be undone' : '',
    skill.runnable ? '' : 'instructions for a model only',
  ].filter((word) => word !== '')
  const facts = [
    ['risk', skill.risk === 'high' ? 'high: waits for an approval' : skill.risk],
    ['version', [oneLine(skill.version), skill.hash.slice(0, 12)].filter((word) => word !== '').join('  ')],
    ['source', oneLine(skill.source)],
    ['roles', skill.roles.length === 0 ? 'everybody' : skill.roles.map(oneLine).join(', ')],
    ['tags', skill.tags.map(oneLine).join(', ')],
    ['ways', ways.join(', ')],
    ['input', skill.input === null ? 'anything' : JSON.stringify(skill.input)],
    ['output', skill.output === null ? 'anything' : JSON.stringify(skill.output)],
  ]
  return facts.filter(([, value]) => value !== '')
}
