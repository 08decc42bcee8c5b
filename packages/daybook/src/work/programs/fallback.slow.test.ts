// A prompt that could not be given one way is given another way, and only where nothing can have happened.

import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { dataOf } from '../../session/decode.ts'
import { Machine } from './programs.fixture.ts'

/** Bash with a terminal, and such a form without one. */
const shell = (start: readonly unknown[]) => ({
  bin: 'bash',
  drivers: ['headless', 'pty'],
  headless: { format: 'text', start, allow_code_prompt: true },
  pty: { argv: ['--norc', '--noprofile', '-i'], prompt_regex: '^bash-\\S+[#$] $' },
})

const wrongOption = shell(['--no-such-option', '--', '{prompt}'])
const printed = shell([
  '-c',
  'echo x >> tried; echo something; echo "usage: printed" >&2; exit 2',
  '0',
  '--',
  '{prompt}',
])
const images = shell(['-c', 'printf "%s\n" "$@"', '0', { each: 'image', args: ['-i', '{image}'] }, '--', '{prompt}'])

async function opened(t: TestContext) {
  const machine = await Machine.open(t, { programs: { wrong: wrongOption, printed, images } })
  const session = await machine.session()
  const ask = async (agent: string, input: string | { text: string; images: readonly string[] }) => {
    const { run } = await machine.anna.start(session.id, { agent, input })
    const { status, output, error } = await machine.anna.settled(run, { until: 'end' })
    return [status, error?.code ?? (output as { text: string }).text]
  }
  const drivers = async () => {
    const bound = (await session.stored({ kinds: ['program.bound'] })).map((entry) => dataOf(entry, 'program.bound'))
    return bound.map((data) => data?.driver)
  }
  return { machine, session, ask, drivers }
}

test('[S5.2] a program that refuses its arguments at once gets the prompt through a terminal, once, and stays there', async (t) => {
  const { machine, ask, drivers } = await opened(t)
  deepStrictEqual(await ask('wrong', 'echo x >> tried; echo in a terminal'), ['done', 'in a terminal'])
  strictEqual(readFileSync(join(machine.workdir, 'tried'), 'utf8'), 'x\n')
  deepStrictEqual(await drivers(), ['headless', 'pty'])
  deepStrictEqual(await ask('wrong', 'echo again'), ['done', 'again'])
  deepStrictEqual(await drivers(), ['headless', 'pty'])
})

test('[S5.2] what printed something before it refused is never tried another way', async (t) => {
  const { machine, ask, drivers } = await opened(t)
  deepStrictEqual(await ask('printed', 'echo x'), ['failed', 'program_failed'])
  deepStrictEqual(await ask('printed', 'echo x'), ['failed', 'program_failed'])
  strictEqual(readFileSync(join(machine.workdir, 'tried'), 'utf8'), 'x\nx\n')
  deepStrictEqual(await drivers(), ['headless'])
})

test('[S5.2] an image goes with the prompt where there is a form for it, and is never dropped where there is none', async (t) => {
  const { machine, ask } = await opened(t)
  const path = join(machine.workdir, 'a.png')
  writeFileSync(path, Buffer.from('\x89PNG\r\n\x1a\n0123', 'latin1'))
  deepStrictEqual(await ask('images', { text: 'look', images: [path] }), ['done', `-i\n${path}\n--\nlook`])
  deepStrictEqual(await ask('wrong', { text: 'echo no', images: [path] }), ['failed', 'invalid'])
})

test('where every driver refuses, the failure says what each of them said', async (t) => {
  const { machine, session } = await opened(t)
  const path = join(machine.workdir, 'a.png')
  writeFileSync(path, Buffer.from('\x89PNG\r\n\x1a\n0123', 'latin1'))
  const input = { text: 'echo no', images: [path] }
  const { run } = await machine.anna.start(session.id, { agent: 'wrong', input })
  const { error } = await machine.anna.settled(run, { until: 'end' })
  match(error?.message ?? '', /^through headless: .+; through pty: .*terminal/)
})
