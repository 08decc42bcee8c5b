// The offline check: whatever is changed in an export is found, with its line and session.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../cases.fixture.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { memoryStore } from '../../store/memory.ts'
import { link, sha256 } from '../chain.ts'
import { openSessions } from '../sessions.ts'
import { checkBundle } from './check.ts'

const scope = { tenant: 'acme', subjects: ['user:anna'] } as const

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

const problemsOf = async (lines: readonly string[]) => (await checkBundle(each(lines))).problems

/** Header; `base` with three entries and a blob of three parts; its fork `fork` with two; end. */
async function exported(): Promise<string[]> {
  const engine = await openSessions({ store: memoryStore() })
  const sessions = engine.within(scope)
  const blob = await sessions.blobs.put(Buffer.alloc(400_000, 'x'))
  const base = await sessions.open({ id: 'base' })
  await base.append({ kind: 'message', data: { role: 'user', content: 'one', parts: [{ type: 'file', blob }] } })
  await base.append({ kind: 'note', data: { type: 'idea', text: 'two' } })
  const fork = await base.fork({ id: 'fork' })
  await fork.append({ kind: 'message', data: { role: 'assistant', content: 'three' } })
  const lines: string[] = []
  for await (const line of sessions.export()) lines.push(line)
  await engine.close()
  return lines
}

type Line = Record<string, unknown>
const change = (text: string | undefined, by: (line: Line) => Line): string =>
  JSON.stringify(by(JSON.parse(text ?? '')))

test('[B9] a whole export has no problem, and is counted', async () => {
  const report = await checkBundle(each(await exported()))
  assert.deepEqual(report, { sessions: 2, entries: 5, blobs: 1, problems: [] })
})

test('[B9] every change of any line is found, but for erasing', async () => {
  const lines = await exported()
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type)
  assert.deepEqual(types, [
    'header',
    'session',
    'entry',
    'blob',
    'blob',
    'blob',
    'entry',
    'entry',
    'session',
    'entry',
    'entry',
    'end',
  ])
  const edits = lines.flatMap((line, index) => Object.keys(JSON.parse(line)).map((field) => [index, field] as const))
  for (const [index, field] of edits) {
    for (const value of ['x', 99, null]) {
      const same = (JSON.parse(lines[index] ?? '') as Line)[field] === value
      // Without its body an entry verifies still: erasing leaves it so.
      const erased = field === 'body' && value === null && index > 2 && index !== 9
      if (same || erased) continue
      const edited = change(lines[index], (line) => ({ ...line, [field]: value }))
      const found = await problemsOf(lines.with(index, edited))
      assert.ok(found.length > 0, `line ${index + 1}: ${field} = ${value}`)
    }
  }
})

test('[B9] a line that is left out, doubled or moved is found', async () => {
  const lines = await exported()
  const line = fc.integer({ min: 0, max: lines.length - 1 })
  const run = async (at: number, to: number): Promise<void> => {
    const text = lines[at] ?? ''
    assert.ok((await problemsOf(lines.toSpliced(at, 1))).length > 0)
    assert.ok((await problemsOf(lines.toSpliced(at, 0, text))).length > 0)
    // Behind the whole blob the opening stands as well: only who names it must come later.
    const harmless = at === 2 && to === 5
    if (at !== to && !harmless) assert.ok((await problemsOf(lines.toSpliced(at, 1).toSpliced(to, 0, text))).length > 0)
  }
  await fc.assert(fc.asyncProperty(line, line, run), cases(60))
})

test('a changed text is told with its line and session', async () => {
  const lines = await exported()
  const edited = lines.with(7, (lines[7] ?? '').replace('two', 'too'))
  assert.deepEqual(
    (await problemsOf(edited)).map(({ session, line }) => [session, line]),
    [['base', 8]],
  )
})

test('a changed entry with a hash that fits again breaks the chain behind it, and the fork', async () => {
  const lines = await exported()
  const before = JSON.parse(lines[6] ?? '') as { hash: string }
  const edited = change(lines[7], (entry) => {
    const body = JSON.stringify({ type: 'idea', text: 'too' })
    const changed = { ...entry, body, data_hash: sha256(body) } as unknown as Parameters<typeof link>[2]
    return { ...changed, hash: link(before.hash, 'base', changed, sha256(body)) }
  })
  const found = await problemsOf(lines.with(7, edited))
  assert.deepEqual(
    found.map(({ session, line }) => [session, line]),
    [
      ['base', 9],
      ['fork', 9],
    ],
  )
})

test('what no log would hold is a problem, though its hashes fit', async () => {
  const bodies: readonly [string, unknown][] = [
    ['message', { role: 'chef', content: 'x' }],
    ['message', { content: 'x' }],
    ['session.deleted', {}],
    ['session.opened', { owner: 'user:eve', agent: 'a' }],
    ['session.rewound', { to: 2 }],
    ['entry.erased', { seqs: [9] }],
    ['note', { type: 'idea', text: 'x', links: 5 }],
  ]
  for (const [kind, data] of bodies) {
    const body = JSON.stringify(data)
    const opened = JSON.stringify({ owner: 'user:eve', agent: 'a' })
    const first = { seq: 1, kind: 'session.opened', v: 1, at: 1, actor: 'user:eve' } as const
    const prev = link(sha256(JSON.stringify(['daybook/1', 's'])), 's', first, sha256(opened))
    const second = { seq: 2, kind, v: 1, at: 1, actor: 'user:eve' } as unknown as typeof first
    const hash = link(prev, 's', second, sha256(body))
    const found = await problemsOf([
      '{"type":"header","format":"daybook-export","version":1}',
      JSON.stringify({ type: 'session', session: 's', base: null, first: 1, last: 2, hash }),
      JSON.stringify({ type: 'entry', ...first, body: opened, data_hash: sha256(opened), hash: prev }),
      JSON.stringify({ type: 'entry', ...second, body, data_hash: sha256(body), hash }),
      '{"type":"end","sessions":1,"entries":2,"blobs":0}',
    ])
    assert.deepEqual(
      found.map(({ session, line }) => [session, line]),
      [['s', 4]],
      kind,
    )
  }
})

test('an import refuses everything that the check finds', async () => {
  const lines = await exported()
  for (const index of lines.keys()) {
    const engine = await openSessions({ store: memoryStore() })
    const imported = engine.within({ ...scope, subjects: 'all' }).import(each(lines.toSpliced(index, 1)))
    await assert.rejects(imported, (error) => isDaybookError(error) && error.code === 'invalid')
    await engine.close()
  }
})

test('a newer version is told as such', async () => {
  const engine = await openSessions({ store: memoryStore() })
  const lines = ['{"type":"header","format":"daybook-export","version":2}']
  await assert.rejects(
    engine.within(scope).import(each(lines)),
    (error) => isDaybookError(error) && error.code === 'too_new',
  )
  await engine.close()
})
