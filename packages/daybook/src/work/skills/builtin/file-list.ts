// The skill `file/list`: what stands in a folder of the session.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DaybookError } from '../../../schema/errors.ts'
import { defineSkill } from '../define.ts'
import { type FileSettings, insideOf, placeOf } from './files/place.ts'
import { walk } from './files/walk.ts'

const mostEntries = 1000
const deepest = 8

export function fileList(settings: FileSettings) {
  return defineSkill<
    { readonly path?: string; readonly depth?: number },
    { readonly text: string; readonly count: number; readonly more: boolean }
  >({
    id: 'file/list',
    name: 'List files',
    description:
      'Lists files and folders below a folder of the session, a path a line; folders end in /, links in @ and are not followed. What tools make (.git, node_modules) is not looked into.',
    tags: ['files', 'folder', 'directory', 'файлы', 'папка', '文件夹', '目录'],
    input: {
      type: 'object',
      properties: {
        path: { type: 'string', maxLength: 4096, description: 'From the folder of the session; default: itself.' },
        depth: { type: 'integer', minimum: 1, maximum: deepest, description: 'Default 2.' },
      },
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'A path a line, from the folder of the session.' },
        count: { type: 'integer' },
        more: { type: 'boolean', description: 'There are more than are listed.' },
      },
      required: ['text', 'count', 'more'],
      additionalProperties: false,
    },
    idempotent: true,
    routable: false,
    programs: settings.folders.length === 0,
    run: async ({ path = '.', depth = 2 }, context) => {
      const { at, path: from } = await insideOf(await placeOf(context, settings), path === '' ? '.' : path)
      if (!(await stat(at)).isDirectory()) throw new DaybookError('invalid', `${path} is no folder`, { field: 'path' })
      const lines: string[] = []
      let more = false
      for await (const one of walk(at, depth, context.signal)) {
        more = lines.length === mostEntries
        if (more) break
        const sign = one.kind === 'folder' ? '/' : one.kind === 'link' ? '@' : ''
        lines.push((from === '.' ? one.path : join(from, one.path)) + sign)
      }
      return { text: lines.join('\n'), count: lines.length, more }
    },
  })
}
