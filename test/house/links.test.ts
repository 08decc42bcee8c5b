// Pages point at files and commands that exist.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/lib/files.ts'
import { allTexts } from './sources.ts'

interface Known {
  readonly exists: (path: string) => boolean
  readonly commands: readonly string[]
}

function linkFaults({ path, text }: { path: string; text: string }, known: Known): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '')
  const dead = links.filter((link) => !known.exists(join(dirname(path), link)))
  const runs = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? '')
  const unknown = runs.filter((name) => !known.commands.includes(name))
  return [
    ...dead.map((link) => `${path}: ${link} does not exist`),
    ...unknown.map((name) => `${path}: npm run ${name} does not exist`),
  ]
}

test('every relative link and every npm command in a page exists', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)
  const known = { exists: (path: string): boolean => existsSync(join(root, path)), commands: scripts }
  const pages = allTexts().filter(({ path }) => path.endsWith('.md'))
  assert.deepEqual(
    pages.flatMap((page) => linkFaults(page, known)),
    [],
  )
})

test('the link rule finds dead links and unknown commands', () => {
  const known = { exists: (path: string): boolean => path === 'docs/a.md', commands: ['check'] }
  const faults = (text: string): number => linkFaults({ path: 'docs/b.md', text }, known).length
  assert.equal(faults('[a](a.md#x) [web](https://a.b) `npm run check` [here](#x)'), 0)
  assert.equal(faults('[c](c.md)'), 1)
  assert.equal(faults('`npm run nothing`'), 1)
})
