// The skill `file/read`: lines of a file in the folder of the session.

import { sha256 } from '../../../store/hash.ts'
import { defineSkill } from '../define.ts'
import { type FileSettings, insideOf, placeOf, readText } from './files/place.ts'

/** Lines and UTF-16 units that one call gives. */
const most = { lines: 2000, text: 64 * 1024 } as const
const usualLines = 500

export function fileRead(settings: FileSettings) {
  return defineSkill<
    { readonly path: string; readonly from?: number; readonly lines?: number },
    {
      readonly [name: string]: string | number | boolean
      readonly text: string
      readonly path: string
      readonly from: number
      readonly to: number
      readonly lines: number
      readonly hash: string
    }
  >({
    id: 'file/read',
    name: 'Read a file',
    description:
      'Gives lines of a text file in the folder of the session, with the hash of the whole file, which a change of it takes. Long files are read in parts: from, lines.',
    tags: ['file', 'read file', 'файл', '文件'],
    input: {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, maxLength: 4096, description: 'From the folder of the session.' },
        from: { type: 'integer', minimum: 1, description: 'First line; default 1.' },
        lines: { type: 'integer', minimum: 1, maximum: most.lines, description: `Default ${usualLines}.` },
      },
      required: ['path'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'The lines as they are.' },
        path: { type: 'string' },
        from: { type: 'integer', description: 'First line.' },
        to: { type: 'integer', description: 'Last line that is given whole.' },
        lines: { type: 'integer', description: 'Of the whole file.' },
        hash: { type: 'string', description: 'SHA-256 of the whole file, base64url.' },
        more: { type: 'boolean', description: 'The file goes on behind it.' },
      },
      required: ['text', 'path', 'from', 'to', 'lines', 'hash', 'more'],
      additionalProperties: false,
    },
    idempotent: true,
    routable: false,
    programs: settings.folders.length === 0,
    run: async ({ path, from = 1, lines: wanted = usualLines }, context) => {
      const found = await insideOf(await placeOf(context, settings), path)
      const { text, bytes } = await readText(found)
      return { ...linesIn(text, from, wanted), path: found.path, hash: sha256(bytes) }
    },
  })
}

function linesIn(text: string, from: number, wanted: number) {
  const all = text === '' ? [] : text.split(/(?<=\n)/)
  let given = ''
  let to = from - 1
  for (const line of all.slice(from - 1, from - 1 + wanted)) {
    if (given.length + line.length > most.text) break
    given += line
    to += 1
  }
  // A line that is longer than all that is given: its beginning.
  if (to < from && from <= all.length) given = (all[from - 1] ?? '').slice(0, most.text)
  return { text: given, from, to, lines: all.length, more: to < all.length }
}
