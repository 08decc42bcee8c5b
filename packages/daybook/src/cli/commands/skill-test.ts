// `daybook skill test`: reads a skill's folder and runs its own tests, in a process of their own.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { testSkill } from '../../work/skills/trial.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, misuse, Refusal } from '../exits.ts'
import { shortPath } from '../format/path.ts'
import { harmless, oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'

export const perform: Perform = async (context, call): Promise<ExitCode> => {
  const folder = await folderOf(context, call.args[0] ?? '')
  const { ok, skill, fault, passed, failed, output: printed } = await testSkill(folder)
  const { output, host } = context
  if (output.json) output.object({ folder, ok, id: skill?.id ?? null, fault, passed, failed, output: printed })
  else if (fault !== null) {
    throw new Refusal(exits.failed, 'failed', {
      what: oneLine(fault),
      why: `The skill is in ${shortPath(folder, host.cwd)}.`,
    })
  } else {
    if (!ok) output.line(harmless(printed.trimEnd()))
    output.line(`${skill?.id}: ${passed} passed, ${failed} failed`)
    if (passed + failed === 0) output.hint('it has no tests: files named ….test.ts')
  }
  return ok ? exits.ok : exits.failed
}

/** A folder as it was typed, else that of the skill with this id. */
async function folderOf(context: Context, typed: string): Promise<string> {
  const folder = resolve(context.host.cwd, typed)
  if (isFolder(folder)) return folder
  const { skills, faults } = await (await context.backend()).runs.skills()
  const source = skills.find(({ skill_id }) => skill_id === typed)?.source
  if (source === 'built-in') throw misuse(`${typed} is built in and has no folder`, `${context.me} selftest`)
  // What cannot be read has no id yet: its folder bears the end of it.
  const broken = faults.find((fault) => fault.folder.endsWith(`/${typed.split('/').at(-1)}`))?.folder
  const found = source ?? broken
  if (found !== undefined && isFolder(found)) return found
  throw new Refusal(exits.notFound, 'not_found', {
    what: `there is no skill and no folder ${typed}`,
    ...(found === undefined ? {} : { why: `Its folder is on another machine: ${found}.` }),
    next: `${context.me} skill list`,
  })
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
