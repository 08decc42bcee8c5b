// The guide to programs is true: its commands are typed as they stand there, its programs file is used, its server is killed.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Home, openHome } from './bin.fixture.ts'
import { type Block, blocksOf, freePort, typed } from './guide.fixture.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/guide/programs.md'), 'utf8')
const blocks = blocksOf(page)

let home: Home
let server: Awaited<ReturnType<Home['serve']>>
let port: number

before(async () => {
  home = openHome()
  execFileSync('git', ['init', '-q', home.path('here')], { env: home.env })
  port = await freePort()
  server = await home.serve(['--port', String(port)])
})
after(() => home.end())

function block(under: string, at = 0, language = 'sh'): Block {
  const found = blocks.filter((each) => each.under === under && each.language === language)[at]
  assert.ok(found, `${under} has a block of ${language}`)
  return found
}

async function type(text: string, tail = '') {
  const names = [
    ['npx daybook', 'daybook'],
    ['npm test', 'echo tested'],
    ['localhost:8001', `127.0.0.1:${port}`],
    ['~/.local/state/daybook', home.path('state', 'daybook')],
    ['/home/anna/app', home.path('here')],
    ['sleep 1;', 'sleep 0.2;'],
    ['k3f9', tail],
  ] as const
  const { exit, said } = await typed(home, text, { names })
  assert.equal(exit, 0, said)
  return said
}

const tailIn = (said: string): string => /^(\S+) {2}bash in /m.exec(said)?.[1] ?? ''

test('a program is started and spoken to as the page says', async () => {
  const started = await type(block('Start one').text)
  assert.match(started, /^bash +program /m)
  assert.match(started, /^tested$/m)
  const said = await type(block('Start one', 1).text, tailIn(started))
  assert.match(said, / exit 0 +bash /)
})

test('a killed server loses no line of a program', async () => {
  const tail = tailIn(await type(block('Kill the server').text))
  server.process.kill('SIGKILL')
  await server.ended
  server = await home.serve(['--port', String(port)])
  const following = home.start(['follow', tail, '--after', '0'])
  assert.match(await following.prints(/ run +(done|failed|cancelled)/), / exit 0 ·[\s\S]* run +done/)
  following.process.kill('SIGTERM')
  const { out } = await home.daybook(['show', tail, '--raw'])
  const printed = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; data: { text?: string } })
    .flatMap(({ kind, data }) => (kind === 'process.output' ? [data.text] : []))
  assert.equal(printed.join(''), Array.from({ length: 10 }, (_, at) => `line ${at + 1}\n`).join(''))
})

test('a call over HTTP needs the key', async () => {
  const { text } = block('Whose programs')
  assert.match(await type(text), /"status":"done".*tested|tested.*"status":"done"/s)
  assert.match(await type(text.replaceAll('nightly', 'keyless').replace('$KEY', 'x')), /"code":"unauthenticated"/)
  const without = text.replaceAll('nightly', 'other').replace(/-H "authorization: Bearer \$KEY" /, '')
  assert.match(await type(without), /"code":"forbidden"/)
})

test('the programs file counts as it stands there', async () => {
  const file = home.path('.config', 'daybook', 'programs.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, block('The programs file', 0, 'json').text.replace('~/app', home.path('here')))
  const said = await type(block('The programs file').text)
  assert.match(said, /programs\.json: \d+ programs, no fault/)
  assert.match(said, /^limits +60 m/m)
  assert.match(said, /^SO BE IT$/m)
  assert.equal((await home.daybook(['start', 'gdb', 'x'])).exit, 3)
})

test('an agent is driven through its protocol where the programs file says so', async () => {
  const file = home.path('.config', 'daybook', 'programs.json')
  writeFileSync(file, block('An agent that asks', 0, 'json').text)
  const { exit, out } = await home.daybook(['config', 'check'])
  assert.equal(exit, 0, out)
  assert.match(out, /programs\.json: \d+ programs, no fault/)
})

test('a shell that stays remembers, with the commands of its start, where the programs file says so', async () => {
  mkdirSync(home.path('here', 'app', 'venv', 'bin'), { recursive: true })
  writeFileSync(home.path('here', 'app', 'venv', 'bin', 'activate'), 'a=42\n')
  const file = home.path('.config', 'daybook', 'programs.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, block('A program that stays', 0, 'json').text)
  const tail = tailIn(await type("npx daybook start bash 'b=$((a + 1))'"))
  assert.match(await type("npx daybook say k3f9 'echo $b; basename $PWD'", tail), /^43\napp$/m)
})
