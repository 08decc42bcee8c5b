// The state of work trees, made by a real git: everything that can be left half done in one.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { type GitState, gitStateOf } from './git.ts'

const name = 'a file é.txt'
const identity = ['-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', '-c', 'commit.gpgsign=false']

/** What git printed; it may fail where a conflict is what is wanted. */
function git(folder: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' }
  const { stdout, error } = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', env })
  if (error) throw error
  return stdout
}

function commit(folder: string, text: string, message: string): void {
  writeFileSync(join(folder, name), text)
  git(folder, 'commit', '-qam', message)
}

suite('git', () => {
  let root = ''
  let base = ''
  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-git-')))
    base = join(root, 'base')
    mkdirSync(base)
    git(base, 'init', '-q', '-b', 'main')
    writeFileSync(join(base, name), 'one\n')
    git(base, 'add', '.')
    git(base, 'commit', '-qm', 'one')
    git(base, 'switch', '-qc', 'other')
    commit(base, 'theirs\n', 'theirs')
    commit(base, 'theirs again\n', 'theirs again')
    git(base, 'switch', '-q', 'main')
    commit(base, 'ours\n', 'ours')
  })
  after(() => rmSync(root, { recursive: true }))

  function copyOf(): string {
    const folder = mkdtempSync(join(root, 'copy-'))
    cpSync(base, folder, { recursive: true })
    return folder
  }

  const bothChanged = [{ path: name, code: 'UU' }]

  test('nothing that the repository names is run, and git gets no secret', async () => {
    for (const filter of ['evil', 'a = b', 'c."d"']) {
      const folder = copyOf()
      const traps = ['clean', 'process'].map(
        (kind) => [`filter.${filter}.${kind}`, `touch ran; env > seen; cat`] as const,
      )
      for (const [key, value] of traps) git(folder, 'config', key, value)
      git(folder, 'config', 'core.fsmonitor', 'touch ran')
      git(folder, 'config', `filter.${filter}.required`, 'true')
      writeFileSync(join(folder, '.git', 'info', 'attributes'), `* filter="${filter}"\n* filter=${filter}\n`)
      // As long as before, so that only a look at its content says whether it is another.
      writeFileSync(join(folder, name), 'sruo\n')
      assert.deepEqual(await gitStateOf(folder), state({}), filter)
      assert.deepEqual(
        ['ran', 'seen'].filter((made) => existsSync(join(folder, made))),
        [],
        filter,
      )
    }
  })

  async function stateAfter(...commands: readonly (readonly string[])[]): Promise<GitState | null> {
    const folder = copyOf()
    for (const command of commands) git(folder, ...command)
    return gitStateOf(folder)
  }

  function state(more: Partial<GitState>): GitState {
    return { branch: 'main', busy: false, conflict: false, kinds: [], more: false, files: [], ...more }
  }

  test('a tree in which nothing is under way has no kind, and none at all is no tree', async () => {
    assert.deepEqual(await gitStateOf(base), state({}))
    assert.deepEqual(await stateAfter(['switch', '-q', '--detach']), state({ branch: null }))
    const outside = mkdtempSync(join(root, 'outside-'))
    assert.equal(await gitStateOf(outside), null)
    assert.equal(await gitStateOf(join(base, '.git')), null)
  })

  const conflicts: readonly [string, readonly string[], Partial<GitState>][] = [
    ['merge', ['merge', 'other'], { kinds: ['merge'] }],
    ['cherry-pick of one', ['cherry-pick', 'other~1'], { kinds: ['cherry-pick'] }],
    ['cherry-pick of two', ['cherry-pick', 'other~1', 'other'], { kinds: ['cherry-pick'], more: true }],
    ['revert', ['revert', '--no-edit', 'main~1'], { kinds: ['revert'] }],
    ['rebase', ['rebase', 'other'], { kinds: ['rebase'], branch: null }],
    ['rebase by patches', ['rebase', '--apply', 'other'], { kinds: ['rebase'], branch: null }],
  ]
  for (const [what, command, expected] of conflicts) {
    test(`a ${what} that met a conflict is told with its file`, async () => {
      const files = what === 'revert' ? [{ path: name, code: 'UD' }] : bothChanged
      assert.deepEqual(await stateAfter(command), state({ conflict: true, files, ...expected }))
    })
  }

  test('a mailed patch that met a conflict is an am, not a rebase', async () => {
    const folder = copyOf()
    writeFileSync(join(folder, 'mail'), git(folder, 'format-patch', '-1', '--stdout', 'other~1'))
    git(folder, 'am', '-q', '-3', 'mail')
    assert.deepEqual(await gitStateOf(folder), state({ kinds: ['am'], conflict: true, files: bothChanged }))
  })

  test('a bisect is told, also beside a merge', async () => {
    const folder = copyOf()
    git(folder, 'bisect', 'start')
    assert.deepEqual(await gitStateOf(folder), state({ kinds: ['bisect'] }))
    git(folder, 'merge', 'other')
    assert.deepEqual((await gitStateOf(folder))?.kinds, ['merge', 'bisect'])
  })

  test('stashed work that does not fit any more is unmerged, though nothing marks it', async () => {
    const folder = copyOf()
    writeFileSync(join(folder, name), 'stashed\n')
    git(folder, 'stash', '-q')
    commit(folder, 'in between\n', 'in between')
    git(folder, 'stash', 'pop', '-q')
    assert.deepEqual(await gitStateOf(folder), state({ kinds: ['unmerged'], conflict: true, files: bothChanged }))
  })

  test('a linked work tree has its own state, and the tree that it belongs to another', async () => {
    const folder = copyOf()
    const linked = `${folder} linked é`
    git(folder, 'worktree', 'add', '-q', linked, 'other')
    git(linked, 'merge', 'main')
    mkdirSync(join(linked, 'below'))
    const expected = state({ branch: 'other', kinds: ['merge'], conflict: true, files: bothChanged })
    assert.deepEqual(await gitStateOf(join(linked, 'below')), expected)
    assert.deepEqual(await gitStateOf(folder), state({}))
  })

  test('a file that one side deleted and the other changed is told as that', async () => {
    const folder = copyOf()
    git(folder, 'rm', '-q', name)
    git(folder, 'commit', '-qm', 'gone')
    git(folder, 'merge', 'other')
    assert.deepEqual((await gitStateOf(folder))?.files, [{ path: name, code: 'DU' }])
  })

  test('a lock on the index means that somebody works, unless it is old; looking leaves the index as it is', async () => {
    const folder = copyOf()
    const lock = join(folder, '.git', 'index.lock')
    const index = readFileSync(join(folder, '.git', 'index'))
    writeFileSync(lock, '')
    assert.equal((await gitStateOf(folder))?.busy, true)
    const old = Date.now() / 1000 - 601
    utimesSync(lock, old, old)
    assert.equal((await gitStateOf(folder))?.busy, false)
    assert.deepEqual(readFileSync(join(folder, '.git', 'index')), index)
  })

  test('the variables of a hook that this was started from do not lead to another repository', async (t) => {
    const before = process.env.GIT_DIR
    process.env.GIT_DIR = join(root, 'nowhere')
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, 'GIT_DIR')
      else process.env.GIT_DIR = before
    })
    assert.deepEqual(await gitStateOf(base), state({}))
  })
})
