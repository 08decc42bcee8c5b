#!/usr/bin/env node
// Starts the command line: makes sure of a node that is new enough, switches the compile cache on, loads the program.
// Plain JavaScript that old versions of node can read, because it is they who must say what is missing.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const least = 26
const here = dirname(fileURLToPath(import.meta.url))
/** Set for the process that an older node started with the newer one: it ends when the older one is gone. */
const again = 'DAYBOOK_STARTED_AGAIN'

if (Number(process.versions.node.split('.')[0]) < least) startAgain()
else await start()

async function start() {
  if (process.env[again] !== undefined) {
    delete process.env[again]
    if (process.channel) {
      process.channel.unref()
      process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    }
  }
  const cache = cacheFolder()
  if (cache !== null) module.enableCompileCache(cache)
  const load = parts()
  const { main } = await load('cli/main')
  await main(process.argv.slice(2), () => load('main'))
}

/** Not in the common temporary folder, where another account could lay code ready; none without a home. */
function cacheFolder() {
  if (process.env.NODE_COMPILE_CACHE) return process.env.NODE_COMPILE_CACHE
  try {
    return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'daybook', 'compile')
  } catch {
    return null // an account without a home: nothing is cached, all the rest works
  }
}

/** Sources where they are and node may read their types, which it refuses to do inside node_modules; else the build. */
function parts() {
  const forms = [
    ['src', '.ts'],
    ['dist', '.js'],
  ]
  if (/[\\/]node_modules[\\/]/.test(here)) forms.reverse()
  const form = forms.find(([folder, end]) => existsSync(join(here, '..', folder, `cli/main${end}`)))
  if (form === undefined) return fail(`the program is missing beside ${here}`, 'install daybook again')
  return (name) => import(new URL(`../${form[0]}/${name}${form[1]}`, import.meta.url).href)
}

function startAgain() {
  const program = newerNode()
  if (program === null || process.env[again] !== undefined) {
    const own = `this is ${process.version} (${process.execPath})`
    return fail(`daybook needs node ${least} or newer; ${own}`, `install node ${least}, or run it by: npx daybook`)
  }
  const env = Object.assign({}, process.env, { [again]: '1' })
  const args = [fileURLToPath(import.meta.url)].concat(process.argv.slice(2))
  const newer = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env })
  // Ctrl-C reaches both; the newer one decides. The others come to this process alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) newer.kill(signal)
    })
  }
  newer.on('error', (error) => fail(`${program} does not start: ${error.message}`, 'npm ci'))
  newer.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** The node that npm installed beside this package, if it is there. */
function newerNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(program) ? program : null
  } catch {
    return null // not installed: the caller says what is needed
  }
}

function fail(what, next) {
  process.stderr.write(`${what}\n${next}\n`)
  process.exit(1)
}
