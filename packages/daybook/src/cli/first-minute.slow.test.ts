// The page of the first minute says what really happens: its commands are run and their output is compared.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Home, openHome, type Running } from './bin.fixture.ts'

const page = join(import.meta.dirname, '../../../../README.md')

interface Step {
  readonly command: string
  readonly output: string
}

/** What is typed and printed in the console blocks of a page. */
function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')
  return blocks
    .join('')
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...output] = step.split('\n')
      return { command, output: output.join('\n') }
    })
}

/** Without what differs from run to run: times, ages, hashes, tails of random ids, the port and the room they take. */
function settled(text: string): string {
  return text
    .replace(/"(at|data_hash|hash)":"[^"]*"/g, '"$1":"…"')
    .replace(/\b\d\d:\d\d\b/g, '10:12')
    .replace(/ +[\d.]+ (?:ms|s|min)(?= )/g, ' 9 ms')
    .replace(/^[0-9a-z]{4}( {2}another way)/gm, 'm2vd$1')
    .replace(/127\.0\.0\.1:\d+ +/g, '127.0.0.1:8001   ')
}

/** Words of a command line as a shell splits them, with both kinds of quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

async function typed(home: Home, command: string, server: Running & { url: string }): Promise<string> {
  const [program, ...args] = words(command)
  if (program === 'npx') {
    const { exit, out } = await home.daybook(args.slice(1), { env: { npm_command: 'exec' } })
    assert.equal(exit, 0, command)
    return out
  }
  assert.equal(program, 'curl', `the test does not know ${program}`)
  const address = (args[1] ?? '').replace('localhost:8001', new URL(server.url).host)
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`http://${address}`, { method: 'POST', headers, body: args[args.indexOf('-d') + 1] ?? '' })
  return `${await answer.text()}\n`
}

let home: Home
before(() => {
  home = openHome()
})
after(() => home.end())

test('[S1.6] the first minute goes as its page says', async () => {
  let server: (Running & { url: string }) | undefined
  const steps = stepsOf(readFileSync(page, 'utf8'))
  assert.ok(steps.length > 8)
  for (const { command, output } of steps) {
    if (command.startsWith('kill ')) {
      server?.process.kill('SIGKILL')
      await server?.ended
      continue
    }
    if (command === 'npm start') {
      // Nobody's agents are on its PATH: they would be greeted.
      const env = { npm_command: 'run-script', PATH: home.path('no-programs') }
      server = await home.serve(['--store', 'sqlite:./data/daybook.db'], { env })
      assert.equal(settled(server.out()), settled(output))
      continue
    }
    assert.ok(server !== undefined)
    const printed = await typed(home, command, server)
    assert.equal(settled(printed), settled(output), command)
  }
})
