// Models on the command line: where keys come from, who may not read them, and one that is tried.

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { openStore } from '../main.ts'
import { mockKeys, startMock } from '../model/mock.fixture.ts'
import { type Home, openHome } from './bin.fixture.ts'

const key = mockKeys.ANTHROPIC_API_KEY ?? ''

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

function configured(fields: object): void {
  writeFileSync(home.path('here/daybook.json'), JSON.stringify(fields))
}

/** @param mode of the file of keys of this user */
function secrets(text: string, mode = 0o600): string {
  const file = join(home.env.XDG_CONFIG_HOME ?? join(home.env.HOME ?? '', '.config'), 'daybook', 'secrets.env')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

test('a model is tried with a key from the file of keys: answer, time, tokens and cost', async () => {
  const usage = { input_tokens: 40, output_tokens: 5 }
  await using mock = await startMock([{ match: {}, response: { content: 'I am ready.', usage } }])
  configured({
    model: 'anthropic/mock',
    providers: { anthropic: mock.providers.anthropic },
    model_facts: { 'anthropic/*': { price: { input: 1, output: 2 } } },
  })
  secrets(`ANTHROPIC_API_KEY=${key}\n`)
  const { exit, out, err } = await home.inside(['agent', 'test', '--json'])
  assert.equal(exit, 0, err)
  const told = JSON.parse(out)
  assert.deepEqual(
    [told.name, told.answer, told.usage.total_tokens, told.cost],
    ['anthropic/mock', 'I am ready.', 45, 0.00005],
  )
  assert.ok(mock.requests()[0]?.headers['x-api-key'])
  const plain = await home.inside(['agent', 'test', 'anthropic/mock'])
  assert.match(plain.out, /40 in, 5 out/)
  assert.ok(!(out + plain.out + plain.err).includes(key))
})

test('a file of keys that others can read is not used, and doctor says so', async () => {
  configured({ model: 'anthropic/mock' })
  const file = secrets(`ANTHROPIC_API_KEY=${key}\n`, 0o644)
  const { exit, err } = await home.inside(['agent', 'test'])
  assert.equal(exit, 3)
  assert.match(err, /chmod 600/)
  const doctor = await home.inside(['doctor', '--json'])
  const finding = JSON.parse(doctor.out).findings.find(({ part }: { part: string }) => part === 'models')
  assert.equal(finding.state, 'bad')
  chmodSync(file, 0o600)
  assert.equal((await home.inside(['config', 'show'])).out.includes(key), false)
})

test('what refuses a key ends with 5, what is not configured with 3', async () => {
  await using mock = await startMock([
    { match: {}, response: { error: { type: 'authentication_error', message: `bad ${key}` }, status: 401 } },
  ])
  configured({ providers: { anthropic: mock.providers.anthropic } })
  const env = { ANTHROPIC_API_KEY: key }
  const refused = await home.inside(['agent', 'test', 'anthropic/mock'], { env })
  assert.equal(refused.exit, 5)
  assert.ok(!refused.err.includes(key))
  assert.equal((await home.inside(['agent', 'test', 'nowhere/mock'], { env })).exit, 3)
  assert.equal((await home.inside(['agent', 'test'], { env })).exit, 3)
})

test('a key in use gets into no entry of the log, whoever writes it there', async () => {
  configured({ store: 'kept.db', providers: { lab: { base_url: 'http://127.0.0.1:9/v1', key: 'LAB_API_KEY' } } })
  const secret = mockKeys.LAB_API_KEY ?? ''
  secrets(`LAB_API_KEY=${secret}\n`)
  const store = await openStore(`sqlite:${home.path('here/kept.db')}`)
  await store.close()
  const said = `the key is ${secret}, and again ${btoa(secret)}`
  const { exit, err } = await home.inside(['start', 'orchestrator', said, '--no-wait'])
  assert.equal(exit, 0, err)
  const files = readdirSync(home.path('here')).filter((name) => name.startsWith('kept.db'))
  assert.ok(files.some((name) => readFileSync(home.path('here', name)).includes('the key is [redacted:LAB_API_KEY]')))
  for (const name of files) {
    const bytes = readFileSync(home.path('here', name))
    assert.ok(!bytes.includes(secret) && !bytes.includes(btoa(secret)), `${name} has the key`)
  }
})

test('an agent that cannot take a turn is not started, and leaves no session', async () => {
  configured({ store: 'none.db' })
  await (await openStore(`sqlite:${home.path('here/none.db')}`)).close()
  for (const args of [
    ['start', 'coder'],
    ['start', 'coder', 'mend it'],
  ]) {
    const { exit, err } = await home.inside(args)
    assert.equal(exit, 4, err)
    assert.match(err, /no model is configured/)
  }
  assert.equal((await home.inside(['--json'])).out.trim(), '')
})
