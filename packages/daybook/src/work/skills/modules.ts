// Imports the modules of skills afresh: each version of a folder has addresses of its own and the bytes that were hashed.

import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { extname, join, relative, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { faulty } from './files.ts'

/** The name in the query of a module's address that says of which version it is. */
const mark = 'skill'
const formats: Readonly<Record<string, string>> = {
  '.ts': 'module-typescript',
  '.mts': 'module-typescript',
  '.js': 'module',
  '.mjs': 'module',
  '.json': 'json',
}
/** Node keeps these by their path alone: a changed one would go on as it was, unnoticed. */
const stale = new Set(['.cjs', '.cts'])
/** Milliseconds that a module may take to load. */
const loadMs = 10_000

interface Version {
  readonly folder: string
  /** Only what can be imported: a call that runs on this version may still load a part of it. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The last file that node has asked for. */
  last: string
}

/** They stay: node forgets no module that it has loaded, and a call may go on for long. */
const versions = new Map<string, Version>()
let hooked = false

/**
 * The default export of a module in a skill's folder. What it imports from the folder is of the same version, the name
 * `daybook` is this package, wherever the folder stands, and other names are found as always.
 *
 * @throws DaybookError `invalid`, with file, line and message
 */
export async function importSkill(
  folder: string,
  entry: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<unknown> {
  hook()
  const version: Version = {
    // As node names it: it looks through symbolic links.
    folder: await realpath(folder),
    files: new Map([...files].filter(([path]) => extname(path) in formats || stale.has(extname(path)))),
    last: entry,
  }
  const id = String(versions.size + 1)
  versions.set(id, version)
  const address = marked(pathToFileURL(join(version.folder, entry)).href, id)
  const late = new AbortController()
  try {
    const loaded = await Promise.race([import(address), tooLate(late.signal)])
    return (loaded as { readonly default?: unknown }).default
  } catch (error) {
    throw await told(error, version)
  } finally {
    late.abort()
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await setTimeout(loadMs, undefined, { signal })
  throw new Error(`was not loaded within ${loadMs / 1000} seconds`)
}

/** Once for the process: node has no way to import one module by rules of its own. */
function hook(): void {
  if (hooked) return
  hooked = true
  registerHooks({
    resolve(name, context, next) {
      const id = versionIn(context.parentURL)
      if (id === null) return next(name, context)
      const ours = name === 'daybook' || name.startsWith('daybook/')
      if (ours) return next(name, { ...context, parentURL: import.meta.url })
      const found = next(name, context)
      const path = pathIn(found.url, id)
      if (path === undefined) return found
      if (stale.has(extname(path))) throw new Error(`${path} is CommonJS; what a skill imports are ES modules`)
      return { ...found, url: marked(found.url, id) }
    },
    load(url, context, next) {
      const id = versionIn(url)
      const path = id === null ? undefined : pathIn(url, id)
      const version = id === null ? undefined : versions.get(id)
      if (path === undefined || version === undefined) return next(url, context)
      version.last = path
      return { format: formats[extname(path)] ?? 'module', source: version.files.get(path), shortCircuit: true }
    },
  })
}

function marked(url: string, id: string): string {
  const address = new URL(url)
  address.searchParams.set(mark, id)
  return address.href
}

function versionIn(url: string | undefined): string | null {
  return url?.startsWith('file:') && url.includes(`${mark}=`) ? new URL(url).searchParams.get(mark) : null
}

/** The relative path of an address, if it is of a file that this version holds. */
function pathIn(url: string, id: string): string | undefined {
  const version = versions.get(id)
  if (!version || !url.startsWith('file:')) return undefined
  const path = relative(version.folder, fileURLToPath(url)).split(sep).join('/')
  return version.files.has(path) ? path : undefined
}

/** A failure with the place in the folder where it happened, as far as node tells it. */
async function told(error: unknown, version: Version): Promise<unknown> {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const why = name === 'Error' || name === 'DaybookError' ? message : `${name}: ${message}`
  for (const [, url = '', line] of stack.matchAll(/(file:\/\/[^\s)]+?[?&]skill=\d+):(\d+)/g)) {
    const path = pathIn(url, versionIn(url) ?? '')
    if (path !== undefined) return faulty(`${path}:${line}`, why, error)
  }
  const line = error instanceof SyntaxError ? await lineOf(version) : null
  return faulty(line === null ? version.last : `${version.last}:${line}`, why, error)
}

/** Where JavaScript has a fault of syntax, an error of node does not say; its own check does. */
async function lineOf({ folder, last }: Version): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string>()
  execFile(process.execPath, ['--check', join(folder, last)], (_, __, output) => resolve(output))
  return /:(\d+)\n/.exec(await promise)?.[1] ?? null
}
