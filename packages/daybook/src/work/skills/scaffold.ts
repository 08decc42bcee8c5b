// A new skill's folder: the page, the module and a test, as a newcomer needs them to begin.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'
import { invalid } from '../../session/values.ts'
import { isSkillId } from './skill.ts'

export interface Scaffolded {
  readonly folder: string
  readonly files: readonly string[]
}

/**
 * Writes `SKILL.md`, `skill.ts` and `skill.test.ts` for a new skill into a folder of its own below `folder`, named after the
 * last part of the id.
 *
 * @throws DaybookError `invalid` for an id or description that a page cannot hold; `exists` when the folder is there
 */
export async function scaffoldSkill(
  folder: string,
  id: string,
  { description }: { readonly description: string },
): Promise<Scaffolded> {
  const name = isSkillId(id) ? (id.split('/').at(-1) ?? '') : ''
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || name.length > 64) {
    throw invalid('id', 'ends with a name of 1 to 64 of a-z 0-9 and single - between them, and is not route')
  }
  if (description.trim() === '' || description.length > 1024) {
    throw invalid('description', 'has 1 to 1024 characters')
  }
  const own = join(folder, name)
  await mkdir(folder, { recursive: true })
  try {
    await mkdir(own)
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause
    throw new DaybookError('exists', `${own} is there already`, { field: 'id', cause })
  }
  const files = {
    'SKILL.md': pageOf(name, description.trim()),
    'skill.ts': moduleOf(id, name, description.trim()),
    'skill.test.ts': test,
  }
  for (const [file, text] of Object.entries(files)) await writeFile(join(own, file), text, { flag: 'wx' })
  return { folder: own, files: Object.keys(files) }
}

function pageOf(name: string, description: string): string {
  // A text in JSON is one in YAML, too.
  return `---
name: ${name}
description: ${JSON.stringify(description)}
metadata:
  version: "0.1.0"
---

What a model has to know to use this skill: when it helps, what to give it, what comes back.
`
}

function moduleOf(id: string, name: string, description: string): string {
  return `import { defineSkill } from 'daybook'

export default defineSkill({
  id: ${quoted(id)},
  name: ${quoted(name)},
  description: ${quoted(description)},
  input: {
    type: 'object',
    properties: { text: { type: 'string', minLength: 1 } },
    required: ['text'],
    additionalProperties: false,
  },
  output: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  async run(input: { text: string }) {
    return { text: input.text.toUpperCase() }
  },
})
`
}

function quoted(text: string): string {
  return text.includes("'") || /[\\\n\r]/.test(text) ? JSON.stringify(text) : `'${text}'`
}

const test = `import { deepStrictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { callSkill } from 'daybook'
import skill from './skill.ts'

test('it answers in capital letters', async () => {
  deepStrictEqual(await callSkill(skill, { text: 'hello' }), { text: 'HELLO' })
})
`
