// `daybook skill add`: a new skill's folder in the skills of the store, with a page, a module and a test.

import { join } from 'node:path'
import { scaffoldSkill } from '../../work/skills/scaffold.ts'
import { misuse } from '../exits.ts'
import { shortPath } from '../format/path.ts'
import type { Perform } from '../grammar.ts'
import { placeText } from '../where.ts'

export const perform: Perform = async (context, call) => {
  const [id = '', description = `Does what ${id} says.`] = call.args
  const { output, me, host } = context
  const place = await context.storePlace()
  const { skillFolderOf } = await host.parts()
  const skills = skillFolderOf(place.url)
  if (skills === null) {
    throw misuse(`${placeText(place)} has no folder of skills`, `${me} skill add ${id} --store FILE`)
  }
  const { folder, files } = await scaffoldSkill(skills, id, { description })
  if (output.json) {
    output.object({ id, folder, files })
    return undefined
  }
  const short = shortPath(folder, host.cwd)
  output.line(`${id}  ${short}`)
  output.line(`  ${files.join('  ')}`)
  output.hint(`edit ${join(short, 'skill.ts')}, then: ${me} skill test ${id}   ${me} say --skill ${id} "…"`)
  return undefined
}
