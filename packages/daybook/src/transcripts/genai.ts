// What Gemini CLI and Qwen Code write alike: contents as the Gemini API has them, and what their tools showed.

import { basename } from 'node:path'
import type { Part } from '../schema/parts.ts'
import { type Fields, fieldsOf, listOf, textOf } from './fields.ts'
import { call, type Edited, edit, file, reasoning, result } from './parts.ts'

export interface Contents {
  readonly text: string
  readonly parts: readonly Part[]
  /** Results that stand among the contents. */
  readonly results: readonly Fields[]
}

/** The parts of a content: texts, thoughts, calls, files. A text alone is one, too. */
export function contentsOf(content: unknown): Contents {
  if (typeof content === 'string') return { text: content, parts: [], results: [] }
  const texts: string[] = []
  const parts: Part[] = []
  const results: Fields[] = []
  for (const one of (Array.isArray(content) ? content : [content]).map(fieldsOf)) {
    const text = textOf(one.text)
    const called = fieldsOf(one.functionCall)
    if (text !== undefined && one.thought === true) parts.push(reasoning(text))
    else if (text !== undefined) texts.push(text)
    else if (one.functionCall !== undefined) parts.push(call(called.id, called.name, called.args))
    else if (one.functionResponse !== undefined) results.push(fieldsOf(one.functionResponse))
    else if (one.inlineData !== undefined || one.fileData !== undefined) parts.push(fileOf(one))
  }
  return { text: texts.join('\n\n'), parts, results }
}

function fileOf(one: Fields): Part {
  const { mimeType, displayName, fileUri } = fieldsOf(one.inlineData ?? one.fileData)
  return file(textOf(displayName), textOf(mimeType), textOf(fileUri))
}

/** The result of a call out of its response. */
export function resultOf(id: unknown, response: unknown, failed: boolean): Part {
  const { output, error } = fieldsOf(response)
  return result(id, output ?? error ?? response, failed || (output === undefined && error !== undefined))
}

/** The edit that a tool showed, with the contents before and after it; null where it showed none. */
export function shownEdit(display: unknown, input: unknown): Part | null {
  const shown = fieldsOf(display)
  const diff = textOf(shown.fileDiff)
  if (diff === undefined) return null
  const { file_path: asked, absolute_path: older } = fieldsOf(input)
  const name = textOf(shown.fileName)
  const named = [shown.filePath, asked, older].find((path) => typeof path === 'string' && matches(path, name))
  const before = typeof shown.originalContent === 'string' ? shown.originalContent : undefined
  const after = typeof shown.newContent === 'string' ? shown.newContent : undefined
  const isNew = shown.isNewFile === true || !before
  const edited: Edited = { path: String(named ?? name ?? ''), operation: isNew ? 'create' : 'update', after, diff }
  return edit(isNew ? edited : { ...edited, before })
}

function matches(path: string, name: string | undefined): boolean {
  return name === undefined || basename(path) === basename(name)
}

/** Texts that the program put in front of the person's own. */
export function isAdded(text: string): boolean {
  return /^\s*<(session_context|environment_context|system-reminder|state_snapshot)>/.test(text)
}

/** What goes into the response of a call, where the record keeps the whole content. */
export function responseIn(content: unknown): unknown {
  const responses = listOf(content).flatMap((one) => {
    const { functionResponse } = fieldsOf(one)
    return functionResponse === undefined ? [] : [fieldsOf(functionResponse).response]
  })
  return responses.length > 0 ? responses[0] : content
}
