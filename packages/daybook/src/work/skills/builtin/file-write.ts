// The skill `file/write`: a whole file in the folder of the session, new or in place of one that was read.

import { defineSkill } from '../define.ts'
import { type Changed, change, changedShape, checkHash, present, takeBack } from './files/change.ts'
import { type FileSettings, placeOf, writableIn } from './files/place.ts'

export function fileWrite(settings: FileSettings) {
  return defineSkill<{ readonly path: string; readonly text: string; readonly hash?: string }, Changed>({
    id: 'file/write',
    name: 'Write a file',
    description:
      'Writes a whole text file in the folder of the session. Without hash it must not be there yet; with the hash that file/read gave it replaces exactly that file. For changes of parts use file/edit.',
    tags: ['write file', 'create file', 'записать файл', '写文件'],
    input: {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, maxLength: 4096, description: 'From the folder of the session.' },
        text: { type: 'string', description: 'All of the file.' },
        hash: { type: 'string', maxLength: 64, description: 'Of the file that is replaced.' },
      },
      required: ['path', 'text'],
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
    run: async ({ path, text, hash }, context) => {
      const found = await writableIn(await placeOf(context, settings), path)
      const before = await present(found)
      checkHash(found.path, hash, before)
      return change(found, before, text)
    },
  })
}
