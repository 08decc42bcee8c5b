// `SKILL.md`, the form that agents share: a head in YAML that says what the skill is, and instructions below it.

import { isObject } from '../../session/values.ts'
import { faulty, pageName } from './files.ts'

export interface SkillPage {
  readonly name: string
  readonly description: string
  readonly version: string | undefined
  readonly tags: readonly string[] | undefined
  /** The whole head as written, with what is unknown here. */
  readonly head: Readonly<Record<string, unknown>>
  readonly instructions: string
}

const nameForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const longest = { name: 64, description: 1024, compatibility: 500 } as const

/**
 * Reads a page by the rules of the Agent Skills specification: `name` has 1 to 64 of `a-z 0-9 -` and is the folder's name,
 * `description` 1 to 1024 characters, `compatibility` at most 500. `tags` and `version` are read here or under `metadata`.
 *
 * @throws DaybookError `invalid`, with the line
 */
export async function readPage(bytes: Uint8Array, folderName: string): Promise<SkillPage> {
  const text = textOf(bytes)
  const match = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text)
  if (!match) throw faulty(`${pageName}:1`, 'begins with a head between two lines of ---')
  const head = await readHead(match[1] ?? '')
  const { name, description } = head
  if (typeof name !== 'string' || name.length > longest.name || !nameForm.test(name)) {
    throw faulty(placeOf('name', text), 'name has 1 to 64 of a-z 0-9 and single - between them')
  }
  if (name !== folderName) {
    throw faulty(placeOf('name', text), `name is that of the folder, ${folderName}, not ${name}`)
  }
  if (typeof description !== 'string' || description.trim() === '' || description.length > longest.description) {
    throw faulty(placeOf('description', text), `description has 1 to ${longest.description} characters`)
  }
  checkOptional(head, text)
  const more = isObject(head.metadata) ? (head.metadata as Readonly<Record<string, unknown>>) : {}
  return {
    name,
    description: description.trim(),
    version: versionOf(head.version ?? more.version, text),
    tags: tagsOf(head.tags ?? more.tags, text),
    head,
    instructions: text.slice(match[0].length).trim(),
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw faulty(pageName, 'is not UTF-8', cause)
  }
}

async function readHead(yaml: string): Promise<Readonly<Record<string, unknown>>> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(yaml, { prettyErrors: true })
  const [error] = document.errors
  // The head begins on the second line of the page.
  if (error) throw faulty(`${pageName}:${(error.linePos?.[0].line ?? 0) + 1}`, firstLine(error.message), error)
  const head: unknown = document.toJS({ maxAliasCount: 100 })
  if (!isObject(head)) throw faulty(`${pageName}:2`, 'the head has no name and description')
  return head
}

/** The parser repeats the place in its message, counted from the head. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')
}

function checkOptional(head: Readonly<Record<string, unknown>>, text: string): void {
  const { license, compatibility, metadata, 'allowed-tools': tools } = head
  if (license !== undefined && typeof license !== 'string') throw faulty(placeOf('license', text), 'license is no text')
  if (compatibility !== undefined) {
    if (typeof compatibility !== 'string' || compatibility.length > longest.compatibility) {
      throw faulty(placeOf('compatibility', text), `compatibility has at most ${longest.compatibility} characters`)
    }
  }
  if (metadata !== undefined && !isObject(metadata)) {
    throw faulty(placeOf('metadata', text), 'metadata is no mapping')
  }
  if (tools !== undefined && typeof tools !== 'string' && !isTexts(tools)) {
    throw faulty(placeOf('allowed-tools', text), 'allowed-tools is a text or a list of texts')
  }
}

/** YAML reads `version: 1.0` as a number. */
function versionOf(version: unknown, text: string): string | undefined {
  if (version === undefined || typeof version === 'string') return version
  if (typeof version === 'number') return String(version)
  throw faulty(placeOf('version', text), 'version is no text')
}

function tagsOf(tags: unknown, text: string): readonly string[] | undefined {
  if (tags === undefined || isTexts(tags)) return tags
  if (typeof tags !== 'string') throw faulty(placeOf('tags', text), 'tags are a list of texts')
  return tags.split(',').flatMap((tag) => tag.trim() || [])
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** The line on which a key of the head stands; that of the head when it is missing. */
function placeOf(key: string, text: string): string {
  const line = text.split('\n').findIndex((each) => new RegExp(`^\\s*${key}\\s*:`).test(each))
  return `${pageName}:${Math.max(line, 0) + 1}`
}
