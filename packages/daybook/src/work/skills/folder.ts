// One skill from the files of its folder: the page says what it is, the module what it does.

import { basename } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'
import { invalid } from '../../session/values.ts'
import type { Skill } from './contract.ts'
import { faulty, listFolder, moduleNames, pageName, readFiles } from './files.ts'
import { hashOfFiles } from './hash.ts'
import { importSkill } from './modules.ts'
import { readPage } from './page.ts'
import { skillOf } from './skill.ts'

/**
 * Reads, checks and imports the skill of a folder. Its id is that of the module, else the folder's name; what the module says
 * wins over the page.
 *
 * @throws DaybookError `invalid`, with file and, where it is known, line; `too_large`, `not_found`
 */
export async function readSkill(folder: string): Promise<Skill> {
  const files = await readFiles(await listFolder(folder))
  if (files.size === 0) throw new DaybookError('not_found', `there is no skill in ${folder}`)
  return skillOfFiles(folder, files, hashOfFiles(files))
}

/** As {@link readSkill}, of bytes that were read and hashed. */
export async function skillOfFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  hash: string,
): Promise<Skill> {
  const page = files.get(pageName)
  const [module, other] = moduleNames.filter((name) => files.has(name))
  if (other !== undefined) throw faulty(other, `stands beside ${module}; a skill has one module`)
  if (page === undefined && module === undefined) {
    throw faulty(basename(folder), `has neither ${pageName} nor ${moduleNames.join(', ')}`)
  }
  const head = page && (await readPage(page, basename(folder)))
  const defined = module === undefined ? {} : await definitionIn(folder, module, files)
  const definition = {
    id: basename(folder),
    ...(head && { name: head.name, description: head.description }),
    ...(head?.version !== undefined && { version: head.version }),
    ...(head?.tags !== undefined && { tags: head.tags }),
    ...defined,
  }
  try {
    const instructions = head?.instructions
    if (module !== undefined && !('run' in definition)) throw invalid('run', 'is required')
    return skillOf(definition, folder, { hash, ...(instructions === undefined ? {} : { instructions }) })
  } catch (error) {
    throw error instanceof DaybookError ? faulty(module ?? pageName, error.message, error) : error
  }
}

/** What the module says, without what it leaves open. */
async function definitionIn(folder: string, module: string, files: ReadonlyMap<string, Uint8Array>): Promise<object> {
  const exported = await importSkill(folder, module, files)
  if (typeof exported !== 'object' || exported === null) {
    throw faulty(module, 'has no default export made by defineSkill')
  }
  return Object.fromEntries(Object.entries(exported).filter(([, value]) => value !== undefined))
}
