// Fifty secrets planted in transcripts: none of them is in the store, neither in its file nor in the records beside.
import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { secrets } from '../session/redact/fixtures.ts'
import { adopting, filesIn, rawLines, temporaryFolder } from './adopting.fixture.ts'
import { claude } from './claude.ts'

const places = 50

/** Lines with one secret each, at places where agents write texts. */
function planted(secret: string, n: number): string {
  const text = `before ${secret} after`
  const forms = [
    { type: 'user', message: { role: 'user', content: text } },
    { type: 'assistant', message: { content: [{ type: 'text', text }] } },
    { type: 'assistant', message: { content: [{ type: 'thinking', thinking: text }] } },
    {
      type: 'assistant',
      message: { content: [{ type: 'tool_use', id: `t${n}`, name: 'Bash', input: { command: text } }] },
    },
    {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: text }] },
      toolUseResult: { stdout: text },
    },
    { type: 'user', message: { content: [] }, toolUseResult: { filePath: '/a', content: text, originalFile: text } },
    { type: 'nobody-knows-this', payload: { deep: [{ er: text }] } },
    { type: 'system', content: text },
  ]
  const line = JSON.stringify(forms[n % forms.length])
  return n % 9 === 8 ? `${line.slice(0, -4)} half` : line
}

async function bytesOf(folder: string): Promise<Buffer> {
  const files = await filesIn(folder)
  return Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name)))))
}

test('[B10] none of fifty planted secrets is in the bytes of the store or in a record beside', async (t: TestContext) => {
  const home = await temporaryFolder(t)
  const folder = await temporaryFolder(t)
  const file = join(home, '.claude/projects/-app/one.jsonl')
  await mkdir(dirname(file), { recursive: true })
  const chosen = Array.from({ length: places }, (_, n) => secrets[n % secrets.length] ?? '')
  await writeFile(file, `${chosen.map(planted).join('\n')}\n`)
  const world = await adopting(t, claude, home, join(folder, 'daybook.db'))
  const report = await world.adopt()
  const count = report.masked.reduce((sum, one) => sum + one.count, 0)
  assert.ok(count >= places, `${count} masked`)
  const lines = (await rawLines(world.sessions, await world.only())).join('\n')
  assert.equal(lines.split('\n').length, places)
  const bytes = await bytesOf(folder)
  assert.ok(bytes.length > 10_000)
  for (const secret of chosen) {
    const inside = JSON.stringify(secret).slice(1, -1)
    for (const form of [secret, inside]) {
      assert.equal(bytes.includes(form), false, form)
      assert.equal(lines.includes(form), false, form)
    }
  }
  assert.ok(lines.includes('before [redacted:'))
})

test('a secret in a line that is not whole yet is masked when it is', async (t) => {
  const home = await temporaryFolder(t)
  const folder = await temporaryFolder(t)
  const file = join(home, '.claude/projects/-app/one.jsonl')
  await mkdir(dirname(file), { recursive: true })
  const line = planted(secrets[0] ?? '', 0)
  const half = line.indexOf(secrets[0] ?? '') + 8
  await writeFile(file, line.slice(0, half))
  const world = await adopting(t, claude, home, join(folder, 'daybook.db'))
  await world.adopt()
  await appendFile(file, `${line.slice(half)}\n`)
  await world.adopt()
  assert.equal((await bytesOf(folder)).includes(secrets[0] ?? ''), false)
  assert.deepEqual(await readdir(dirname(file)), ['one.jsonl'])
})
