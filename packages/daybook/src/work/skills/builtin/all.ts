// The skills that every daybook has, made from its settings.

import type { Json } from '../../../schema/json.ts'
import type { Recall } from '../../agents/contract.ts'
import type { SkillDefinition } from '../contract.ts'
import { calculate } from './calculate.ts'
import { commandRun } from './command-run.ts'
import { dates } from './dates.ts'
import { type BlobsOf, exportMarkdown } from './export-markdown.ts'
import { fileEdit } from './file-edit.ts'
import { fileList } from './file-list.ts'
import { fileRead } from './file-read.ts'
import { fileSearch } from './file-search.ts'
import { fileWrite } from './file-write.ts'
import type { FileSettings } from './files/place.ts'
import { httpGet } from './http-get.ts'
import { note } from './note.ts'
import { recallSkill } from './recall.ts'
import { remind } from './remind.ts'
import { summarise } from './summarise.ts'

export interface BuiltInSettings {
  /** Hosts that `http-get` may ask, with a port where it is not the usual one; default: none. */
  readonly httpAllow?: readonly string[]
  /** Where `export-markdown` puts what is larger than an entry. */
  readonly blobs: BlobsOf
  /** Looks up what agents see no more; absent: nothing is recalled. */
  readonly recall?: Recall
  /** Where the skills of files may work; absent: there are none. */
  readonly files?: FileSettings
}

/** @throws DaybookError `invalid`, field `httpAllow`, for what is no host */
export function builtInSkills({ httpAllow = [], blobs, recall, files }: BuiltInSettings): readonly SkillDefinition[] {
  return [
    general(calculate),
    general(dates),
    general(exportMarkdown(blobs)),
    general(httpGet(httpAllow)),
    general(note),
    ...(recall ? [general(recallSkill(recall))] : []),
    general(remind),
    general(summarise),
    ...(files ? fileSkills(files) : []),
  ]
}

function fileSkills(files: FileSettings): readonly SkillDefinition[] {
  return [
    general(fileRead(files)),
    general(fileList(files)),
    general(fileSearch(files)),
    general(fileWrite(files)),
    general(fileEdit(files)),
    general(commandRun(files)),
  ]
}

/** The input's schema is checked before each call: what arrives is of the type that the skill takes. */
function general<Input extends Json, Output extends Json | undefined>(
  skill: SkillDefinition<Input, Output>,
): SkillDefinition {
  return skill as unknown as SkillDefinition
}
