// The skill `file/search`: lines of files in the folder of the session that hold a text or fit an expression.

import { stat } from 'node:fs/promises'
import { join, matchesGlob } from 'node:path'
import { findIn, patternMisfit } from '../../../program/pattern.ts'
import { DaybookError } from '../../../schema/errors.ts'
import type { SkillContext } from '../contract.ts'
import { defineSkill } from '../define.ts'
import { type FileSettings, insideOf, placeOf, readText } from './files/place.ts'
import { walk } from './files/walk.ts'

const most = { hits: 200, files: 20_000, line: 240, bytes: 1024 * 1024, depth: 32 } as const

interface Input {
  readonly [name: string]: string | boolean | undefined
  readonly text: string
  readonly path?: string
  readonly files?: string
  readonly regex?: boolean
}

export function fileSearch(settings: FileSettings) {
  return defineSkill<
    Input & { readonly [name: string]: string | boolean },
    { readonly text: string; readonly hits: number; readonly searched: number; readonly more: boolean }
  >({
    id: 'file/search',
    name: 'Search in files',
    description:
      'Finds lines in the text files below a folder of the session: a text as it stands, case aside, or with regex a regular expression. Gives path:line: the line.',
    tags: ['search files', 'grep', 'поиск в файлах', '搜索文件'],
    input: {
      type: 'object',
      properties: {
        text: { type: 'string', minLength: 1, maxLength: 1000 },
        path: {
          type: 'string',
          maxLength: 4096,
          description: 'A folder or a file; default: the folder of the session.',
        },
        files: { type: 'string', maxLength: 256, description: 'Only paths that fit this glob, such as **/*.ts.' },
        regex: { type: 'boolean', description: 'The text is a regular expression of JavaScript; default false.' },
      },
      required: ['text'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'path:line: text, a hit a line.' },
        hits: { type: 'integer' },
        searched: { type: 'integer', description: 'Files.' },
        more: { type: 'boolean', description: 'There are more hits, or files, than were looked at.' },
      },
      required: ['text', 'hits', 'searched', 'more'],
      additionalProperties: false,
    },
    idempotent: true,
    routable: false,
    programs: settings.folders.length === 0,
    run: (input, context) => search(input, context, settings),
  })
}

async function search(
  { text, path = '.', files, regex = false }: Input,
  context: SkillContext,
  settings: FileSettings,
) {
  const { at, path: from } = await insideOf(await placeOf(context, settings), path)
  const hitsIn = matcherOf(text, regex)
  const hits: string[] = []
  let searched = 0
  let more = false
  for await (const file of filesAt(at, from, context.signal)) {
    if (files !== undefined && !matchesGlob(file.path, files)) continue
    more = hits.length >= most.hits || searched >= most.files
    if (more) break
    const content = await textAt(file)
    if (content === null) continue
    searched += 1
    const lines = content.split('\n')
    for (const index of hitsIn(lines)) {
      hits.push(`${file.path}:${index + 1}: ${(lines[index] ?? '').trim().slice(0, most.line)}`)
    }
  }
  more ||= hits.length > most.hits
  return { text: hits.slice(0, most.hits).join('\n'), hits: Math.min(hits.length, most.hits), searched, more }
}

/** Which of some lines fit. An expression gets some milliseconds for a file. */
function matcherOf(text: string, regex: boolean): (lines: readonly string[]) => readonly number[] {
  if (!regex) {
    const wanted = text.toLowerCase()
    return (lines) => lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? index : []))
  }
  const misfit = patternMisfit(text, 'text')
  if (misfit) throw new DaybookError('invalid', `text ${misfit.why}`, { field: 'text' })
  return (lines) => findIn(text, lines).flatMap((found, index) => (found ? index : []))
}

async function* filesAt(at: string, from: string, signal: AbortSignal) {
  if ((await stat(at)).isFile()) {
    yield { at, path: from }
    return
  }
  for await (const { path, kind } of walk(at, most.depth, signal)) {
    if (kind === 'file') yield { at: join(at, path), path: from === '.' ? path : join(from, path) }
  }
}

/** Null for what is no text, too large to be looked at, or gone. */
async function textAt(file: { readonly at: string; readonly path: string }): Promise<string | null> {
  try {
    if ((await stat(file.at)).size > most.bytes) return null
    return (await readText(file)).text
  } catch {
    return null // binary, unreadable or gone: a search passes over it
  }
}
