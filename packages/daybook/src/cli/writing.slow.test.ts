// `daybook export --format` and `daybook continue` through the program: files for people and for other agents.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { after, before, test } from 'node:test'
import { type Ended, fill, type Home, openHome } from './bin.fixture.ts'

let home: Home
const where: Record<string, readonly string[]> = {}

before(async () => {
  home = openHome()
  for (const through of ['store', 'server']) {
    const store = home.path(through, 'a.db')
    await fill(store, async (mine) => {
      const metadata = { cwd: '/home/anna/app' }
      const session = await mine.open({ id: 'ses_token_k3f9', agent: 'codex', branch: 'fix-auth', metadata })
      await session.append([
        { kind: 'message', data: { role: 'user', content: 'make the <token> test pass' } },
        {
          kind: 'message',
          data: {
            role: 'assistant',
            content: 'I look.',
            agent: 'codex',
            parts: [{ type: 'call', call_id: 'c1', name: 'shell', input: { command: 'cat a' } }],
          },
        },
        {
          kind: 'message',
          data: {
            role: 'tool',
            content: '',
            parts: [
              { type: 'result', call_id: 'c1', output: 'no such file', error: true },
              { type: 'edit', path: 'src/token.js', operation: 'update', added: 1, removed: 1 },
            ],
          },
        },
      ])
      await session.note('no tolerance beyond 30 s', 'decision')
    })
    where[through] = through === 'store' ? ['--store', store] : ['--server', (await home.serve(['--store', store])).url]
  }
})
after(() => home.end())

const run = (args: readonly string[], through = 'store'): Promise<Ended> =>
  home.inside([...args, ...(where[through] ?? [])], { cwd: home.folder })

test('a session is written as Markdown, as a page, and in the form of each agent', async () => {
  const forms: Record<string, RegExp> = {
    markdown: /^# make the \\<token\\> test pass\n[\s\S]*Call `shell`/,
    html: /^<!doctype html>[\s\S]*make the &lt;token&gt; test pass[\s\S]*<\/html>\n$/,
    codex: /^\{"timestamp":"[^"]+","type":"session_meta"[\s\S]*"function_call_output"/,
    gemini: /^\{"sessionId":"[\s\S]*"status":"error"/,
    claude: /^\{"parentUuid":null[\s\S]*"is_error":true[\s\S]*"type":"summary"/,
    opencode: /^\{"info":\{"id":"ses_[\s\S]*\]\}\n$/,
  }
  for (const [format, expected] of Object.entries(forms)) {
    const printed = await run(['export', 'k3f9', '--format', format])
    assert.equal(printed.exit, 0, printed.err)
    assert.match(printed.out, expected)
    const file = home.path(`a.${format}`)
    const saved = await run(['export', 'k3f9', '--format', format, '--to', file])
    assert.equal(saved.exit, 0)
    assert.equal(readFileSync(file, 'utf8'), printed.out)
    assert.equal((await run(['export', 'k3f9', '--format', format, '--to', file])).exit, 4)
  }
  assert.equal((await run(['export', '--format', 'html'])).exit, 2)
  assert.equal((await run(['export', 'k3f9', '--format', 'word'])).exit, 2)
  assert.equal((await run(['export', 'k3f9@2', '--format', 'html'])).exit, 2)
})

test('what is to be typed for an agent works as it is printed, and nothing of its folder was written before', async () => {
  const { err } = await run(['export', 'k3f9', '--format', 'codex', '--to', 'b.jsonl'])
  const [, folder = '', place = ''] = /^put it {3}mkdir -p ~\/(\S+) && cp b\.jsonl ~\/(\S+)$/m.exec(err) ?? []
  assert.equal(dirname(place), folder)
  assert.match(place, /^\.codex\/sessions\/\d{4}\/\d\d\/\d\d\/rollout-[^/]+\.jsonl$/)
  assert.match(err, /^next {5}codex resume [0-9a-f-]{36}$/m)
  assert.ok(!existsSync(home.path('.codex')))
  const json = JSON.parse((await run(['export', 'k3f9', '--format', 'opencode', '--to', 'o.json', '--json'])).out)
  assert.deepEqual([json.file, json.place, json.commands[0]], ['o.json', null, 'opencode import FILE'])
})

test('what an agent tried and then spoke of is no open end, a question without an answer is', async () => {
  const store = home.path('open.db')
  await fill(store, async (mine) => {
    const session = await mine.open({ id: 'ses_ended_m2vd' })
    const call = { type: 'call', call_id: 'c', name: 'shell' } as const
    await session.append([
      { kind: 'message', data: { role: 'user', content: 'one' } },
      { kind: 'message', data: { role: 'assistant', content: '', parts: [call] } },
      { kind: 'message', data: { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'c', error: true }] } },
      { kind: 'message', data: { role: 'assistant', content: 'It cannot be done.' } },
      { kind: 'message', data: { role: 'user', content: 'and why?' } },
      { kind: 'message', data: { role: 'assistant', content: '', parts: [{ ...call, call_id: 'd' }] } },
    ])
  })
  const said = async (place: string): Promise<string> => {
    const { out } = await home.inside(['continue', place, '--with', 'codex', '--json', '--store', store])
    return JSON.parse(out).preamble.text
  }
  assert.match(await said('m2vd@4'), /## Open ends\n- the last call, shell, failed\n- not answered: one\n/)
  assert.doesNotMatch(await said('m2vd@5'), /Open ends/)
  assert.match(await said('m2vd'), /## Open ends\n- the call shell has no result\n- not answered: and why\?\n/)
})

for (const through of ['store', 'server']) {
  test(`[B10] a fork begins with what the next agent has to know (through a ${through})`, async () => {
    mkdirSync(home.path(through), { recursive: true })
    const file = home.path(through, 'next.jsonl')
    const words = ['continue', 'k3f9', 'review this as an attacker', '--with', 'gemini']
    const { exit, out, err } = await run([...words, '--write', file], through)
    assert.equal(exit, 0, err)
    const [, tail = ''] = /^(\S+) {2}fork of k3f9 at #5 · gemini · preamble of about \d+ tokens\n$/.exec(out) ?? []
    const [, at = ''] = /^read it {2}.*daybook show \S+@(\d+)$/m.exec(err) ?? []
    assert.match(err, /^put it .*\.gemini\/tmp\/app\/chats\/session-/m)
    assert.match(err, /^next {5}gemini --resume /m)
    const shown = await run(['show', `${tail}@${at}`], through)
    for (const each of [
      'make the <token> test pass',
      'no tolerance',
      'shell, failed',
      'src/token.js',
      '/home/anna/app',
      'attacker',
    ])
      assert.ok(shown.out.includes(each), each)
    const [, said = ''] = readFileSync(file, 'utf8').split('\n')
    assert.match(JSON.parse(said).content[0].text, /^# Going on from: make the <token> test pass\n/)
    assert.match((await run(['show', 'k3f9'], through)).out, /5 entries/)
  })

  test(`the same log gives the same preamble, within its budget (through a ${through})`, async () => {
    const made: string[] = []
    for (const _ of [1, 2]) {
      const { out } = await run(['continue', 'k3f9@4', '--with', 'claude', '--budget', '200', '--json'], through)
      const { preamble, session, file } = JSON.parse(out)
      assert.ok(preamble.tokens <= 200)
      assert.deepEqual([session.parent.seq, file], [4, null])
      assert.ok(!preamble.text.includes('no tolerance'))
      made.push(preamble.text)
    }
    assert.equal(made[0], made[1])
  })
}

test('nothing is forked for an agent without a form, without an agent, for an entry or a file that cannot be', async () => {
  const count = async () => (await run(['--json'])).out.trim().split('\n').length
  const before = await count()
  const at = home.path('taken.jsonl')
  await run(['export', 'k3f9', '--format', 'codex', '--to', at])
  assert.equal((await run(['continue', 'k3f9'])).exit, 2)
  assert.equal((await run(['continue', 'k3f9', '--with', 'qwen', '--write', home.path('x')])).exit, 2)
  assert.equal((await run(['continue', 'k3f9', '--with', 'codex', '--budget', '10'])).exit, 2)
  assert.equal((await run(['continue', 'k3f9', '--with', 'codex', '--budget', '32001'])).exit, 2)
  assert.equal((await run(['continue', 'k3f9@99', '--with', 'codex'])).exit, 3)
  assert.equal((await run(['continue', 'k3f9', '--with', 'codex', '--write', at])).exit, 4)
  for (const through of ['store', 'server']) {
    const before = (await run(['--json'], through)).out
    const { exit, err } = await run(['continue', 'k3f9', '--with', 'codx'], through)
    assert.equal(exit, 3, err)
    assert.match(err, /there is no agent codx[\s\S]*daybook continue k3f9 --with codex\n$/)
    assert.equal((await run(['--json'], through)).out, before)
  }
  assert.equal(await count(), before)
})
