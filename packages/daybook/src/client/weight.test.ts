// What a browser loads with the client: little, and nothing of node.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

/** The file and everything it imports as values. */
function loaded(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found
  const code = stripTypeScriptTypes(readFileSync(file, 'utf8'))
  found.set(file, code)
  for (const [, target = ''] of code.matchAll(
    /^(?:import|export)\b[^'"=]*?(?:\bfrom\s+|import\s+)['"]([^'"]+)['"]/gm,
  )) {
    assert.ok(target.startsWith('.'), `${file} loads ${target}`)
    loaded(join(dirname(file), target), found)
  }
  return found
}

test('the client with all it imports is under 15 KB compressed and loads no package and nothing of node', () => {
  const files = loaded(join(import.meta.dirname, 'client.ts'))
  assert.ok(files.size >= 6)
  const all = [...files.values()]
    .join('\n')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/[ \t]+/g, ' ')
  const weight = gzipSync(all).length
  assert.ok(weight < 15 * 1024, `${weight} bytes in ${files.size} files`)
})
