// The package as people get it: packed, installed in an empty folder, imported, typed, run from there.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../scripts/lib/files.ts'

const scratch = mkdtempSync(join(tmpdir(), 'daybook-pack-'))
const folder = join(scratch, 'empty')
const installed = join(folder, 'node_modules', 'daybook')
const bin = join(folder, 'node_modules', '.bin', 'daybook')

/** As a person has it: nothing of the npm that runs this test, and a home where nothing is. */
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?!config_(?:registry|globalconfig|userconfig)$)/i.test(name),
    ),
  ),
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  XDG_STATE_HOME: join(scratch, 'state'),
  XDG_DATA_HOME: join(scratch, 'share'),
  XDG_CACHE_HOME: join(scratch, 'cache'),
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Runs a module of the empty folder. */
function runs(code: string): string {
  writeFileSync(join(folder, 'program.mjs'), code)
  return run(process.execPath, 'program.mjs').trim()
}

function files(): string[] {
  return readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && !each.parentPath.includes('node_modules', installed.length))
    .map((each) => join(each.parentPath, each.name).slice(installed.length + 1))
}

before(
  () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const pack = join(root, 'scripts', 'pack.ts')
    const tarball = execFileSync(process.execPath, [pack, '--to', scratch], { encoding: 'utf8', env }).trim()
    run('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', tarball)
  },
  { timeout: 200_000 },
)

after(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))

test('the package holds the build, its types, the bin and the papers, and nothing of tests or sources', () => {
  const all = files()
  for (const paper of ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'bin/daybook.mjs'])
    assert.ok(all.includes(paper), paper)
  assert.deepEqual(
    all.filter((path) => /\.(?:test|fixture|slow)\.|vector|golden|planted|(?<!\.d)\.ts$/.test(path)),
    [],
  )
})

test('every package that is installed with it is used by it, and it uses no other', () => {
  const code = files()
    .filter((path) => path.endsWith('.js') || path.endsWith('.d.ts'))
    .map((path) => readFileSync(join(installed, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, ''))
  const used = code.flatMap((text) =>
    [...text.matchAll(/(?:\bfrom |\bimport\()["'](@[\w-]+\/[\w-]+|[a-z][\w-]*)["'/]/g)].map(([, name]) => name),
  )
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const { dependencies, optionalDependencies, peerDependencies } = manifest
  // It names itself in the skills that it begins for people.
  const others = new Set(used.filter((name) => name !== 'daybook'))
  assert.deepEqual(
    [...others].sort(),
    Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).sort(),
  )
})

test('a store whose driver is not installed says what to install', () => {
  const out = runs(`
    import { postgresStore } from 'daybook/postgres'
    const store = postgresStore({ url: 'postgres://nobody@127.0.0.1:1/none' })
    await store.open().catch(({ code, hint }) => console.log(code, hint))
    await store.close()
  `)
  assert.match(out, /^invalid npm install postgres@\d/)
})

for (const worker of [false, true]) {
  test(`the library appends and reads with the SQLite store ${worker ? 'in a thread' : 'in the process'}`, () => {
    const out = runs(`
      import { openSessions } from 'daybook'
      import { sqliteStore } from 'daybook/sqlite'
      await using store = sqliteStore({ path: ${JSON.stringify(join(scratch, `library-${worker}.db`))}, worker: ${worker} })
      await using sessions = await openSessions({ store })
      const session = await sessions.within({ tenant: 'local', subjects: ['local'] }).open({ name: 'one' })
      await session.append({ kind: 'message', data: { role: 'user', content: 'hello' } })
      const fork = await session.fork()
      const large = new Uint8Array(2 ** 21).fill(7)
      const { blobs } = store.within({ tenant: 'local', subjects: 'all' })
      console.log(Buffer.from(await blobs.get(await blobs.put(large)) ?? []).equals(large))
      await store.admin.backup(${JSON.stringify(join(scratch, `copy-${worker}.db`))})
      for (const entry of await fork.read()) console.log(entry.seq, entry.kind)
      const { messages } = await session.view('history')
      for await (const { content } of messages) console.log(content)
    `)
    assert.match(out, /^true\n1 session\.opened\n2 message\n3 session\.opened\nhello$/)
  })
}

test('opening a store that is there loads no crypto, no threads and no network', () => {
  const path = JSON.stringify(join(scratch, 'library-false.db'))
  const out = runs(`
    import { openSessions } from 'daybook'
    import { sqliteStore } from 'daybook/sqlite'
    await using store = sqliteStore({ path: ${path} })
    await using sessions = await openSessions({ store })
    console.log(process.moduleLoadList.join('\\n'))
  `)
  const parts = out.split('\n').map((line) => line.replace(/^NativeModule /, ''))
  assert.ok(parts.includes('sqlite'))
  assert.deepEqual(
    ['crypto', 'worker_threads', 'fs/promises', 'net', 'http', 'child_process'].filter((part) => parts.includes(part)),
    [],
  )
})

test('an error of one entry is the error of another', () => {
  const out = runs(`
    import { DaybookError, openSessions } from 'daybook'
    import { DaybookError as OfClient } from 'daybook/client'
    import { memoryStore } from 'daybook/memory'
    import { openStore } from 'daybook/server'
    await using sessions = await openSessions({ store: memoryStore() })
    const missing = sessions.within({ tenant: 'local', subjects: ['local'] }).session('nowhere')
    const codes = [missing.head(), openStore('mystery:')].map((each) => each.catch((error) =>
      error instanceof DaybookError && error instanceof OfClient ? error.code : String(error)))
    console.log((await Promise.all(codes)).join())
  `)
  assert.equal(out, 'not_found,invalid')
})

test('a store of somebody else is held against the suite that ships', () => {
  const out = runs(`
    import { storeConformance } from 'daybook/conformance'
    import { memoryStore } from 'daybook/memory'
    const names = []
    const { supports } = memoryStore()
    const it = (name) => void names.push(name)
    storeConformance({ describe: (_, body) => body(), it }, { name: 'theirs', supports, create: async () => ({}) })
    console.log(names.length > 100)
  `)
  assert.equal(out, 'true')
})

test('the bin says its version, through npx too', () => {
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  assert.ok(run(bin, '--version').includes(version))
  assert.ok(run('npx', '--no-install', 'daybook', '--version').includes(version))
})

test('a server starts, is written to and read from, and ends when it is told to', async () => {
  const args = ['serve', '--port', '0', '--store', `sqlite:${join(scratch, 'served.db')}`]
  const server = spawn(bin, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const url = await address(server)
    const body = JSON.stringify({ role: 'user', content: 'over HTTP' })
    const messages = `${url}/api/v1/sessions/packed/messages`
    const written = await fetch(messages, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    assert.equal(written.status, 201)
    assert.match(run(bin, 'show', 'packed', '--server', url), /over HTTP/)
    assert.equal((await fetch(`${url}/openapi.json`)).status, 200)
  } finally {
    const ended = new Promise<number | null>((resolve) => server.once('close', resolve))
    server.kill('SIGTERM')
    assert.equal(await ended, 0)
  }
})

function address(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    server.stdout?.on('data', (part: Buffer) => {
      printed += part
      const found = /http:\/\/[\d.]+:\d+/.exec(printed)
      if (found !== null) resolve(found[0])
    })
    server.once('close', (code) => reject(new Error(`the server ended with ${code}: ${printed}`)))
  })
}

const consumer = `
import { type AnyEntry, openSessions } from 'daybook'
import { openClient, type SessionShape } from 'daybook/client'
import { storeConformance } from 'daybook/conformance'
import { memoryStore } from 'daybook/memory'
import { startServer } from 'daybook/server'
import { sqliteStore } from 'daybook/sqlite'

export async function first(): Promise<AnyEntry | undefined> {
  const sessions = await openSessions({ store: Math.random() < 2 ? memoryStore() : sqliteStore({ path: 'x.db' }) })
  const session = await sessions.within({ tenant: 'local', subjects: ['local'] }).open({ name: 'typed' })
  await session.append({ kind: 'message', data: { role: 'user', content: 'hello' } })
  // @ts-expect-error a message has a role that is known
  await session.append({ kind: 'message', data: { role: 'nobody', content: 'hello' } })
  return (await session.read())[0]
}

export const listed = async (url: string): Promise<readonly SessionShape[]> =>
  (await openClient({ url }).list({ limit: 2 })).sessions
export const others = [storeConformance, startServer]
`

test('the types that ship hold for a strict consumer', () => {
  writeFileSync(join(folder, 'consumer.ts'), consumer)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'esnext',
    module: 'nodenext',
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  run(process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.')
})

test('the client with all it loads is under 15 KB compressed, and loads no package and nothing of node', () => {
  const loaded = new Map<string, string>()
  const load = (path: string): void => {
    if (loaded.has(path)) return
    const code = readFileSync(path, 'utf8')
    loaded.set(path, code)
    assert.doesNotMatch(code, /getBuiltinModule|node:/)
    for (const [, next = ''] of code.matchAll(/(?:\bfrom |\bimport\(|^import )"([^"]+)"/gm)) {
      assert.ok(next.startsWith('.'), `${path} loads ${next}`)
      load(join(dirname(path), next))
    }
  }
  load(join(installed, 'dist', 'client', 'client.js'))
  const weight = gzipSync([...loaded.values()].join('\n')).length
  assert.ok(weight < 15 * 1024, `${weight} bytes in ${loaded.size} files`)
})
