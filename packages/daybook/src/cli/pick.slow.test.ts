// Every form in which a session can be typed, on a store and through a server alike.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fill, type Home, openHome } from './bin.fixture.ts'

const uuid = '0199aa11-2233-7abc-8def-001122334455'

async function filled(): Promise<Home> {
  const home = openHome()
  await fill(home.path('a.db'), async (mine) => {
    const say = (content: string) => ({ kind: 'message', data: { role: 'user', content } }) as const
    const refs = [{ type: 'foreign.codex', value: uuid }]
    const adopted = await mine.open({ id: 'ses_of_codex_a1b2', name: 'fix auth', agent: 'codex', refs })
    await adopted.append(say('make the token test pass'))
    await mine.open({ id: 'ses_of_gemini_c3d4', agent: 'gemini', refs: [{ type: 'run', value: 'run_1234' }] })
    // Chosen by a person, so that they mean themselves before they mean what was last.
    await mine.open({ id: 'ses_named_e5f6', name: 'qwen:last' })
    const same = [
      { type: 'foreign.codex', value: 'same-id-of-two' },
      { type: 'foreign.claude', value: 'same-id' },
    ]
    await mine.open({ id: 'ses_of_codex_g7h8', agent: 'codex', refs: same })
    const thrown = await mine.open({
      id: 'ses_thrown_k9m1',
      agent: 'opencode',
      refs: [{ type: 'foreign.opencode', value: 'ses_open' }],
    })
    await thrown.trash()
    await mine.open({ id: 'ses_twin_n2p3', refs: [{ type: 'foreign.gemini', value: 'same-id' }] })
    const archived = await mine.open({ id: 'ses_claude_q4r5', agent: 'claude' })
    await archived.archive()
    await adopted.append(say('and add a test for expiry'))
  })
  return home
}

const forms: readonly (readonly [typed: string, session: string])[] = [
  ['ses_of_codex_a1b2', 'ses_of_codex_a1b2'],
  ['a1b2', 'ses_of_codex_a1b2'],
  ['A1B2', 'ses_of_codex_a1b2'],
  ['a1b2@2', 'ses_of_codex_a1b2'],
  ['Fix Auth', 'ses_of_codex_a1b2'],
  ['http://127.0.0.1:8001/api/v1/sessions/ses_of_codex_a1b2', 'ses_of_codex_a1b2'],
  ['http://127.0.0.1:8001/sessions/ses_of_codex_a1b2#2', 'ses_of_codex_a1b2'],
  ['codex:last', 'ses_of_codex_a1b2'],
  ['codex:last@2', 'ses_of_codex_a1b2'],
  ['Codex:LAST', ''],
  ['gemini:last', 'ses_of_gemini_c3d4'],
  ['claude:last', 'ses_claude_q4r5'],
  ['qwen:last', 'ses_named_e5f6'],
  ['last', 'ses_of_codex_a1b2'],
  [`codex:${uuid}`, 'ses_of_codex_a1b2'],
  [uuid, 'ses_of_codex_a1b2'],
  [`${uuid}@2`, 'ses_of_codex_a1b2'],
  ['claude:same-id', 'ses_of_codex_g7h8'],
  ['gemini:same-id', 'ses_twin_n2p3'],
  ['run_1234', 'ses_of_gemini_c3d4'],
  ['opencode:last', ''],
  ['opencode:ses_open', ''],
  ['codex:0199', ''],
  ['chatgpt:last', ''],
]

for (const through of ['store', 'server'] as const) {
  test(`every form of a session means the same to all commands (through a ${through})`, async () => {
    const home = await filled()
    try {
      const store = ['--store', home.path('a.db')]
      const where = through === 'store' ? store : ['--server', (await home.serve(store)).url]
      const run = (...args: readonly string[]) => home.inside([...args, ...where])
      for (const [typed, session] of forms) {
        const ofEntry = /[@#]2$/.test(typed)
        const { exit, out, err } = await run('show', typed, ofEntry ? '--raw' : '--json')
        if (session === '') assert.equal(exit, 3, `${typed}: ${out}${err}`)
        else if (ofEntry) assert.match(out, /^\{"seq":2,.*make the token test pass.*\n$/, typed)
        else assert.equal(JSON.parse(out.split('\n')[0] ?? '').session_id, session, typed)
      }
      const several = await run('show', 'same-id')
      assert.equal(several.exit, 2)
      assert.match(
        several.err,
        /2 sessions fit same-id[\s\S]*g7h8[\s\S]*n2p3|2 sessions fit same-id[\s\S]*n2p3[\s\S]*g7h8/,
      )
      const nothing = await run('show', 'chatgpt:last')
      assert.match(nothing.err, /no session of chatgpt/)
      // Commands of every kind: reading, writing, asking, moving.
      assert.match((await run('find', 'expiry', '--in', 'codex:last')).out, /a1b2@3/)
      assert.equal((await run('note', 'codex:last', 'tokens live for an hour')).exit, 0)
      for (const command of ['fork', 'pin', 'archive', 'rewind', 'trash'] as const) {
        const { exit, err } = await run(command, command === 'rewind' ? 'codex:last@1' : 'codex:last')
        assert.equal(exit, 0, `${command}: ${err}`)
      }
    } finally {
      await home.end()
    }
  })
}

test('what works on the store itself understands the same forms', async () => {
  const home = await filled()
  try {
    const { exit, out } = await home.inside(['export', 'codex:last', '--store', home.path('a.db')])
    assert.equal(exit, 0)
    assert.match(out, /ses_of_codex_a1b2/)
  } finally {
    await home.end()
  }
})
