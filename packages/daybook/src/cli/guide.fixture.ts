// Types the commands of a guide as they stand there, with the names that it makes up replaced by real ones.

import { spawn } from 'node:child_process'
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { bin, type Home } from './bin.fixture.ts'

export interface Block {
  /** The heading above. */
  readonly under: string
  readonly language: string
  readonly text: string
}

/** The blocks of code of a page, in its order. */
export function blocksOf(page: string): readonly Block[] {
  const found: Block[] = []
  let under = ''
  for (const [, heading, language, text] of page.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) under = heading
    else found.push({ under, language: language ?? '', text: text ?? '' })
  }
  return found
}

export interface Typed {
  readonly exit: number | null
  readonly said: string
}

export interface Typing {
  /** In place of what the page says, in this order. */
  readonly names: readonly (readonly [string, string])[]
  /** Folders of programs, before the others. */
  readonly programs?: readonly string[]
  readonly identity?: { readonly uid?: number; readonly gid?: number }
}

let logs = 0

/** Runs the lines of a block in a shell that ends at the first that fails. What they leave running is not waited for. */
export async function typed(home: Home, text: string, { names, programs = [], identity = {} }: Typing): Promise<Typed> {
  const lines = names.reduce((before, [made, real]) => before.replaceAll(made, real), text)
  logs += 1
  const log = home.path(`typed-${logs}`)
  const output = openSync(log, 'w')
  const path = [...programs, shimIn(home), dirname(process.execPath), home.env.PATH].join(':')
  const child = spawn('sh', ['-euc', lines], {
    cwd: identity.uid === undefined ? home.path('here') : '/',
    env: { ...home.env, PATH: path },
    stdio: ['ignore', output, output],
    ...identity,
  })
  closeSync(output)
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return { exit, said: readFileSync(log, 'utf8') }
}

/** A folder in which `daybook` is this one. */
function shimIn(home: Home): string {
  const shim = home.path('daybook')
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(shim, 0o755)
  return dirname(shim)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export const scalePage = readFileSync(join(import.meta.dirname, '../../../../docs/guide/scale.md'), 'utf8')
