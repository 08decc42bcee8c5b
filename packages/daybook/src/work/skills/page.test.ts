// `SKILL.md`: what the specification allows is read, and what it forbids is told with its line.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { fails } from '../../session/testing.fixture.ts'
import { readPage } from './page.ts'

const read = (text: string, folder = 'pdf-forms') => readPage(new TextEncoder().encode(text), folder)

test('a page with everything is read, and what is unknown here is kept', async () => {
  const page = await read(`---
name: pdf-forms
description: >-
  Fills forms. Use it when
  somebody sends a PDF.
license: Apache-2.0
compatibility: needs git
allowed-tools: Bash(git:*) Read
version: 1.0
tags: [pdf, forms]
metadata:
  author: somebody
argument-hint: "[file]"
---
# Forms

---
Read the file first.
`)
  strictEqual(page.description, 'Fills forms. Use it when somebody sends a PDF.')
  deepStrictEqual([page.version, page.tags], ['1', ['pdf', 'forms']])
  strictEqual(page.head['argument-hint'], '[file]')
  strictEqual(page.instructions, '# Forms\n\n---\nRead the file first.')
})

test('version and tags are also found under metadata, lines may end as on Windows, and a mark of byte order is passed over', async () => {
  const page = await read(
    '\uFEFF---\r\nname: pdf-forms\r\ndescription: D\r\nmetadata:\r\n  version: "0.2"\r\n  tags: a, b\r\n---',
  )
  deepStrictEqual([page.version, page.tags, page.instructions], ['0.2', ['a', 'b'], ''])
})

const faults: readonly [what: string, text: string, place: string][] = [
  ['no head', '# Forms\n', 'SKILL.md:1'],
  ['a head without an end', '---\nname: pdf-forms\n', 'SKILL.md:1'],
  ['an empty head', '---\n---\n', 'SKILL.md:2'],
  ['a broken head', '---\nname: pdf-forms\ndescription: "D\n---\n', 'SKILL.md:3'],
  ['a key twice', '---\nname: pdf-forms\ndescription: D\nname: x\n---\n', 'SKILL.md:4'],
  ['no name', '---\ndescription: D\n---\n', 'SKILL.md:1'],
  ['a name with capitals', '---\nname: PDF-forms\ndescription: D\n---\n', 'SKILL.md:2'],
  ['a name with two dashes', '---\nname: pdf--forms\ndescription: D\n---\n', 'SKILL.md:2'],
  ['a name of another folder', '---\ndescription: D\nname: forms\n---\n', 'SKILL.md:3'],
  ['no description', '---\nname: pdf-forms\ndescription:\n---\n', 'SKILL.md:3'],
  ['a long description', `---\nname: pdf-forms\ndescription: ${'d'.repeat(1025)}\n---\n`, 'SKILL.md:3'],
  ['long needs', `---\nname: pdf-forms\ndescription: D\ncompatibility: ${'c'.repeat(501)}\n---\n`, 'SKILL.md:4'],
  ['tags of numbers', '---\nname: pdf-forms\ndescription: D\ntags: [1]\n---\n', 'SKILL.md:4'],
  ['metadata that is a text', '---\nname: pdf-forms\ndescription: D\nmetadata: x\n---\n', 'SKILL.md:4'],
]

for (const [what, text, place] of faults) {
  test(`a page with ${what} is a fault at ${place}`, async () => {
    const error = await fails(() => read(text), 'invalid')
    strictEqual(error.field, place)
  })
}

test('a page that is no text is a fault', async () => {
  await fails(() => readPage(new Uint8Array([0x2d, 0xff, 0xfe]), 'x'), 'invalid')
})
