// The skill `file/edit`: replaces pieces of a file in the folder of the session, each named by its exact text.

import { DaybookError } from '../../../schema/errors.ts'
import { defineSkill } from '../define.ts'
import { type Changed, change, changedShape, checkHash, present, takeBack } from './files/change.ts'
import { type FileSettings, placeOf, writableIn } from './files/place.ts'

interface Replacement {
  readonly [name: string]: string | boolean
  readonly old: string
  readonly new: string
}

export function fileEdit(settings: FileSettings) {
  return defineSkill<{ readonly path: string; readonly hash: string; readonly edits: readonly Replacement[] }, Changed>(
    {
      id: 'file/edit',
      name: 'Edit a file',
      description:
        'Replaces pieces of a text file in the folder of the session. Each old piece is exact, with its spaces and line ends, and stands there once (or all of them are meant). All edits count or none; the hash is that of file/read or of the last change.',
      tags: ['edit file', 'change file', 'изменить файл', '编辑文件'],
      input: {
        type: 'object',
        properties: {
          path: { type: 'string', minLength: 1, maxLength: 4096, description: 'From the folder of the session.' },
          hash: { type: 'string', maxLength: 64, description: 'Of the file as it was read.' },
          edits: {
            type: 'array',
            minItems: 1,
            maxItems: 100,
            items: {
              type: 'object',
              properties: {
                old: { type: 'string', minLength: 1 },
                new: { type: 'string' },
                all: { type: 'boolean', description: 'Everywhere, not once; default false.' },
              },
              required: ['old', 'new'],
              additionalProperties: false,
            },
          },
        },
        required: ['path', 'hash', 'edits'],
        additionalProperties: false,
      },
      output: changedShape,
      risk: 'medium',
      routable: false,
      programs: settings.folders.length === 0,
      undo: async ({ output }, context) => {
        const { edit } = output
        await takeBack(await writableIn(await placeOf(context, settings), edit.path), edit)
      },
      run: async ({ path, hash, edits }, context) => {
        const found = await writableIn(await placeOf(context, settings), path)
        const before = await present(found)
        if (!before) throw new DaybookError('not_found', `there is no ${path}`, { field: 'path' })
        checkHash(found.path, hash, before)
        return change(found, before, edits.reduce(replaced, before.text))
      },
    },
  )
}

function replaced(text: string, { old, new: fresh, all }: Replacement, index: number): string {
  const count = text.split(old).length - 1
  const field = `edits[${index}].old`
  if (count === 0) throw new DaybookError('invalid', `${field} does not stand in the file`, { field })
  if (count > 1 && all !== true) {
    throw new DaybookError('invalid', `${field} stands there ${count} times: take more of what is around it`, { field })
  }
  return text.split(old).join(fresh)
}
