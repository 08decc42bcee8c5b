// The completion scripts in the shells that they are for: bash through its function, fish by its own question, zsh on a terminal.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { bin, fill, type Home, openHome, sample } from '../bin.fixture.ts'
import { commands, everywhere } from '../table.ts'
import { offersOf } from './offers.ts'
import { type Shell, shells } from './shells.ts'

let home: Home
before(async () => {
  home = openHome()
  mkdirSync(home.path('bin'))
  symlinkSync(bin, home.path('bin/daybook'))
  await fill(home.path('here/a.db'), async (mine) => {
    await sample(mine)
    await mine.open({ id: 'ses_docs_k3f9', name: "it's: $(a \\trap) `x`", agent: 'gemini' })
  })
  for (const shell of shells) {
    const { exit, out } = await home.inside(['completion', shell])
    assert.equal(exit, 0)
    writeFileSync(home.path(`daybook.${shell}`), out)
  }
})
after(() => home.end())

const has = (shell: Shell): boolean => spawnSync(shell, ['-c', ':']).status === 0
const skipWithout = (shell: Shell) => (has(shell) ? false : `${shell} is not installed, see .ci/tools`)

function inShell(shell: Shell, args: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const env = { ...home.env, PATH: `${home.path('bin')}:${process.env.PATH}`, ...more }
  const { status, stdout, stderr } = spawnSync(shell, args, { cwd: home.path('here'), env, encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''], `${shell} ${args.join(' ')}`)
  return stdout
}

/** The words that bash would offer: the line is broken into words as readline does it. */
function bash(line: string): string[] {
  const words: string[] = line.match(/[=:@]+|[^\s=:@]+/g) ?? []
  if (/\s$/.test(line)) words.push('')
  const script = `set -u; source "$SCRIPT"; COMP_LINE=$LINE COMP_POINT=\${#LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _daybook daybook; for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`
  const out = inShell('bash', ['--norc', '--noprofile', '-c', script, 'bash', ...words], {
    SCRIPT: home.path('daybook.bash'),
    LINE: line,
  })
  return out.split('\n').filter((word) => word !== '')
}

/** What fish offers, words and what they are. */
function fish(line: string): string[][] {
  const out = inShell('fish', ['--no-config', '-c', 'source $SCRIPT; complete -C $LINE'], {
    SCRIPT: home.path('daybook.fish'),
    LINE: line,
  })
  return out.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')]))
}

/** What a zsh with a terminal shows of each line, and what stands in it, after the tabulator was pressed. */
function zsh(...lines: readonly string[]): string[] {
  const script = `
    zmodload zsh/zpty
    zpty terminal zsh -f -i
    read_to() { local text= part; while [[ $text != *$1* ]]; do zpty -r terminal part || break; text+=$part; done; print -rn -- "$text" }
    zpty -w terminal 'PS1= PROMPT_EOL_MARK=; autoload -Uz compinit; compinit -u -D; LISTMAX=0; zstyle ":completion:*" menu no; stty columns 200; source "$SCRIPT"; tell() { print -r -- "<$BUFFER>END"; BUFFER=; }; zle -N tell; bindkey "^X" tell; print REA""DY'
    read_to READY >/dev/null
    for line in "$@"; do
      zpty -n -w terminal "$line"$'\\t\\x18'
      read_to '>END'
    done
    zpty -d terminal`
  const out = inShell('zsh', ['-f', '-c', script, 'zsh', ...lines], { SCRIPT: home.path('daybook.zsh'), TERM: 'dumb' })
  return out.split('>END').slice(0, -1)
}

const words = (offered: readonly string[][]): string[] => offered.map(([word = '']) => word)
const tails = ['auth', 'k3f9']

test('the places where something is offered are those of the table', () => {
  const { places, valued, paths, rests } = offersOf(commands, everywhere)
  const wordsAt = (key: string) => places.find((place) => place.key === key)?.words.map(({ word }) => word)
  for (const { name } of commands) assert.ok(name === '' || paths.includes(name), name)
  assert.deepEqual(wordsAt('config|0'), ['show', 'check'])
  assert.deepEqual(wordsAt('completion|0'), ['bash', 'zsh', 'fish'])
  assert.deepEqual(wordsAt('show|-'), [
    '--files',
    '--notes',
    '--runs',
    '--processes',
    '--queue',
    '--cost',
    '--context',
    '--agent',
    '--model',
    '--all',
    '--raw',
    '--until',
  ])
  assert.ok(valued.includes('--type') && !valued.includes('--files'))
  assert.ok(rests.some(({ path, at }) => path === 'export' && at === 0))
  assert.equal(new Set(places.map(({ key }) => key)).size, places.length)
})

test('bash completes commands, nouns, options and their words', { skip: skipWithout('bash') }, () => {
  assert.deepEqual(bash('daybook arc'), ['archive'])
  assert.deepEqual(bash('daybook store ver'), ['verify'])
  assert.ok(bash('daybook ').includes('config'))
  assert.deepEqual(bash('daybook show --fi'), ['--files'])
  assert.ok(bash('daybook show --').includes('--server'))
  assert.deepEqual(bash('daybook note k3f9 --type de'), ['decision'])
  assert.deepEqual(bash('daybook note --type=de'), ['decision'])
  assert.deepEqual(bash('daybook completion z'), ['zsh'])
  assert.deepEqual(bash('daybook -q store --json ver'), ['verify'])
  assert.deepEqual(bash('daybook nonsense '), [])
})

test('bash completes sessions of the store that the line names', { skip: skipWithout('bash') }, () => {
  assert.deepEqual(bash('daybook --store a.db show ').sort(), tails)
  assert.deepEqual(bash('daybook show --store=sqlite:./a.db k'), ['k3f9'])
  assert.deepEqual(bash('daybook --store a.db export k3f9 au'), ['auth'])
  assert.deepEqual(bash('daybook --store a.db note -- '), bash('daybook --store a.db note '))
  assert.deepEqual(bash('daybook --store none.db show '), [])
  assert.deepEqual(bash('daybook --server 127.0.0.1:1 show '), [])
})

test('fish completes the same, and says what each is', { skip: skipWithout('fish') }, () => {
  assert.deepEqual(fish('daybook store ver'), [['verify', 'prove that logs, chains, heads, forks and blobs agree']])
  assert.ok(words(fish('daybook ')).includes('config'))
  assert.deepEqual(words(fish('daybook show --fi')), ['--files'])
  assert.deepEqual(words(fish('daybook note --type de')), ['decision'])
  assert.deepEqual(words(fish('daybook note --type=de')), ['--type=decision'])
  const sessions = fish('daybook --store a.db show ')
  assert.deepEqual(words(sessions).sort(), tails)
  assert.deepEqual(sessions.find(([tail]) => tail === 'k3f9')?.[1], "gemini · it's: $(a \\trap) `x`")
  assert.deepEqual(words(fish('daybook show --store=sqlite:./a.db k')), ['k3f9'])
  assert.deepEqual(words(fish('daybook --store a.db export k3f9 au')), ['auth'])
  assert.deepEqual(fish('daybook --store none.db show '), [])
  assert.deepEqual(words(fish('daybook import a')), ['a.db'])
})

test('zsh completes in the line of a terminal, and lists what there is', { skip: skipWithout('zsh') }, () => {
  const shown = zsh(
    'daybook store ver',
    'daybook note --type=de',
    'daybook --store a.db show k',
    'daybook import a.d',
    'daybook --store a.db show ',
    'daybook config ',
  )
  assert.deepEqual(
    shown.slice(0, 4).map((text) => text.slice(text.lastIndexOf('<') + 1)),
    [
      'daybook store verify ',
      'daybook note --type=decision ',
      'daybook --store a.db show k3f9 ',
      'daybook import a.db ',
    ],
  )
  assert.match(shown[4] ?? '', /k3f9 +-- gemini · it's: \$\(a \\trap\) `x`/)
  assert.match(shown[4] ?? '', /auth +-- coder · fix auth/)
  assert.match(shown[5] ?? '', /check +-- say what is wrong in daybook\.json or programs\.json, and where/)
})

test('sessions are told by tail, agent and title, or as lines of JSON; a script as one object', async () => {
  const store = ['--store', home.path('here/a.db')]
  const { out } = await home.inside(['completion', 'bash', 'k', '--sessions', ...store])
  assert.equal(out, "k3f9\tgemini · it's: $(a \\trap) `x`\n")
  const told = await home.inside(['completion', 'bash', '--sessions', '--json', ...store])
  const sessions = told.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { tail: string })
  assert.deepEqual(sessions.map(({ tail }) => tail).sort(), tails)
  const script = JSON.parse((await home.inside(['completion', 'fish', '--json'])).out) as {
    shell: string
    script: string
  }
  assert.equal(script.shell, 'fish')
  assert.match(script.script, /^# Completes daybook/)
})

test('without a store or server nothing is said, unless asked for the reason', async () => {
  for (const where of [
    ['--store', 'none.db'],
    ['--server', '127.0.0.1:1'],
    ['--config', 'none.json'],
  ]) {
    const line = ['completion', 'bash', '--sessions', ...where]
    assert.deepEqual(await home.inside(line), { exit: 0, out: '', err: '' })
    assert.notEqual((await home.inside([...line, '--verbose'])).err, '')
  }
  assert.equal((await home.inside(['completion', 'tcsh'])).exit, 2)
})
