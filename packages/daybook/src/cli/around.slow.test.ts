// The greeting: what other agents left is told by start, page and bare command in the same words, without opening a file.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aroundOf } from './around.ts'
import { type Home, openHome } from './bin.fixture.ts'
import { openOutput } from './output.ts'

const recordings = join(import.meta.dirname, '../transcripts/recordings')

async function homeWith(t: TestContext, ...names: readonly string[]): Promise<Home> {
  const home = openHome()
  t.after(() => home.end())
  for (const name of names) await cp(join(recordings, name), home.folder, { recursive: true })
  return home
}

const found = '3 files with sessions of other agents here: Codex 1, Gemini CLI 2'

test('[B10] start, page and bare command say in the same words what was found, and the one command to type', async (t) => {
  const home = await homeWith(t, 'codex-0.169.0', 'gemini-0.61.0')
  const bin = home.path('bin')
  await mkdir(bin)
  for (const name of ['codex', 'gemini', 'unknown']) await writeFile(join(bin, name), '#!/bin/sh\n')
  await chmod(join(bin, 'codex'), 0o755)
  const server = await home.serve(['--store', 'a.db'], { env: { PATH: bin } })
  const [, , agents, first, next] = (await server.prints(/^ {2}next/m)).split('\n')
  assert.equal(agents, '  agents  codex on PATH')
  assert.equal(first, `  found   ${found}`)
  assert.equal(next, '  next    open the page, or:  daybook adopt --dry-run')
  // The page says it from these, in the language of its reader.
  const { left } = (await (await fetch(`${server.url}/api/v1/status`)).json()) as { left: Record<string, unknown>[] }
  assert.deepEqual(
    left.map(({ title, files }) => [title, files]),
    [
      ['Codex', 1],
      ['Gemini CLI', 2],
    ],
  )
  const { exit, out } = await home.daybook([])
  assert.equal(exit, 0)
  assert.match(
    out,
    new RegExp(`^no sessions yet in ${server.url}\nfound   ${found}\nnext    daybook adopt --dry-run\n$`),
  )
})

test('a server that was named is asked for its sessions alone', async (t) => {
  const home = await homeWith(t, 'codex-0.169.0')
  const { url } = await home.serve(['--store', 'a.db'])
  const { out, err } = await home.inside(['--server', url])
  assert.deepEqual([out, err], [`no sessions yet in ${url}\n`, ''])
})

test('on a machine where daybook never ran the bare command greets, and makes no store', async (t) => {
  const home = await homeWith(t, 'codex-0.169.0', 'gemini-0.61.0')
  const { exit, out } = await home.daybook([])
  assert.equal(exit, 0)
  assert.ok(out.endsWith(`found   ${found}\nnext    daybook adopt --dry-run\n`))
  const empty = await homeWith(t)
  assert.ok((await empty.daybook([])).out.endsWith('found   no sessions of other agents here\nnext    daybook tour\n'))
  for (const one of [home, empty]) assert.equal(existsSync(one.path('share')), false)
})

test('the greeting goes by names and dates alone: what stands in the files is never looked at', async (t) => {
  const home = await homeWith(t, 'described/claude')
  for (const name of await readdir(home.folder, { recursive: true })) {
    if (!name.endsWith('.jsonl')) continue
    // Nothing that any reader understands, and older than what its program keeps.
    await writeFile(home.path(name), '\u0000')
    await writeFile(join(dirname(home.path(name)), '00000000-0000-4000-8000-000000000000.jsonl'), '\u0000')
    const old = new Date(Date.now() - 28 * 24 * 3_600_000)
    await utimes(home.path(name), old, old)
  }
  const { out } = await home.inside([])
  assert.match(out, /^found {3}2 files with sessions of other agents here: Claude Code 2$/m)
  assert.match(out, /^ {8}1 of them is due for deletion by Claude Code within 3 days$/m)
})

test('what was adopted is no news any more, of each agent for itself, wherever its sessions lie', async (t) => {
  const home = await homeWith(t, 'codex-0.169.0', 'gemini-0.61.0')
  assert.equal((await home.inside(['adopt', 'codex', '--once', '--yes'])).exit, 0)
  assert.match((await home.inside([])).out, /^found {3}2 files .*: Gemini CLI 2$/m)
  const [{ tail }] = (await home.inside(['--json'])).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal((await home.inside(['archive', tail])).exit, 0)
  assert.match((await home.inside([])).out, /^found {3}2 files .*: Gemini CLI 2$/m)
  assert.equal((await home.inside(['adopt', '--once', '--yes'])).exit, 0)
  const { out } = await home.inside([])
  assert.doesNotMatch(out, /found|adopt/)
})

test('a look that takes long, or fails, keeps nobody waiting', async () => {
  let err = ''
  const sink = {
    write(text: string) {
      err += text
      return true
    },
    once: () => undefined,
    off: () => undefined,
  }
  const output = openOutput(sink, sink, false, { json: false, quiet: false, env: {} })
  const slow = await aroundOf({ output, me: 'daybook' }, () => new Promise(() => undefined))
  assert.deepEqual([slow.lines.length, slow.next], [1, 'daybook adopt --dry-run'])
  const failed = await aroundOf({ output, me: 'daybook' }, () => Promise.reject(new Error('no disk')))
  assert.deepEqual([failed.lines, failed.next], [[], null])
  assert.match(err, /no disk/)
})
