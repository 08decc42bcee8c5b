// The command of a prompt: the same whenever it is made, shown without the prompt, with nothing of our environment that was not named.
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { commandOf } from './command.ts'
import { readPrograms } from './programs-file.ts'

const settings = {
  bin: 'it',
  headless: {
    format: 'text',
    start: ['start', '--id', '{new_uuid}', '--', '{prompt}'],
    resume: ['resume', '{resume}', '--', '{prompt}'],
    token: 'uuid',
  },
  env: { IT_HOME: '{state}/it', IT_SESSION: '{session}' },
  secrets: ['IT_KEY'],
}
const read = readPrograms(JSON.stringify({ programs: { it: settings } }), '/')
const prompt = {
  key: 'ses_1/stp_1',
  text: 'rm -rf "$HOME" {resume}',
  images: [],
  workdir: '/work',
  session: 'ses_1',
  token: null,
  started: false,
}

test('a command is made from nothing but what it was told', () => {
  const program = read.ok ? read.set.get('it') : undefined
  if (!program) throw new Error('the program cannot be so')
  const env = { PATH: '/bin', HOME: '/home/anna', IT_KEY: 'secret', OPENAI_API_KEY: 'of another one' }
  const made = commandOf(program, prompt, { state: '/state', env })
  deepStrictEqual(commandOf(program, prompt, { state: '/state', env }), made)
  const { token } = made
  deepStrictEqual(made.args, ['start', '--id', token, '--', prompt.text])
  deepStrictEqual(made.shown, ['start', '--id', token, '--', '{prompt}'])
  deepStrictEqual(made.env, {
    TERM: 'dumb',
    PATH: '/bin',
    HOME: '/home/anna',
    IT_KEY: 'secret',
    IT_HOME: '/state/it',
    IT_SESSION: 'ses_1',
  })
  strictEqual(made.resumed, false)
  const again = commandOf(program, { ...prompt, token: 'tok-1' }, { state: '/state', env })
  deepStrictEqual(again.args, ['resume', 'tok-1', '--', prompt.text])
  strictEqual(again.resumed, true)
  strictEqual(commandOf(program, { ...prompt, key: 'ses_1/stp_2' }, { state: '/state', env }).token === token, false)
})
