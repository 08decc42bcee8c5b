// Where the store is: flag, environment, nearest configuration, the server of this machine, the user's data folder.

import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DaybookError, type ErrorCode, isDaybookError } from '../schema/errors.ts'
import { type Address, readAddress } from './address.ts'
import { configFile, readConfig } from './config.ts'
import { misuse } from './exits.ts'
import { type Env, userFolder } from './folders.ts'
import { modelSettings } from './models.ts'
import type { ServeSettings } from './parts.ts'
import { settingFrom } from './settings.ts'

export interface Asked {
  readonly server: string | undefined
  readonly store: string | undefined
  readonly config: string | undefined
  readonly env: Env
  readonly cwd: string
}

/** A server by its URL, or a store by its URL; `by` says in words where this was read. */
export interface Place {
  readonly kind: 'server' | 'store'
  readonly url: string
  readonly by: string
}

/** The store or server to talk to. `alive` asks whether a server of this machine answers. */
export async function findPlace(asked: Asked, alive: (address: Address) => Promise<boolean>): Promise<Place> {
  if (asked.server !== undefined && asked.store !== undefined) throw misuse('--server and --store exclude each other')
  if (asked.server !== undefined) return { kind: 'server', url: serverUrl(asked.server), by: '--server' }
  const stored = givenStore(asked)
  if (stored !== null && stored.by !== 'config') return stored.place
  const address = readAddress(asked.env)
  const running = address !== null && (stored === null || address.store === publicUrl(stored.place.url))
  if (address !== null && running && (await alive(address))) {
    return { kind: 'server', url: address.url, by: 'the server of this machine' }
  }
  return stored?.place ?? userStore(asked.env)
}

/** The store alone, for what works on the store itself: a running server's file, else as {@link findPlace}. */
export async function findStore(asked: Asked, alive: (address: Address) => Promise<boolean>): Promise<Place> {
  const address = readAddress(asked.env)
  if (asked.server !== undefined) {
    const url = serverUrl(asked.server)
    if (address?.url !== url) throw misuse('this works on the store itself, not through a server', 'daybook --store … ')
    return { kind: 'store', url: address.store, by: 'the server of this machine' }
  }
  const stored = givenStore(asked)
  if (stored !== null) return stored.place
  if (address !== null && (await alive(address))) {
    return { kind: 'store', url: address.store, by: 'the server of this machine' }
  }
  return userStore(asked.env)
}

/** The store of `serve`: never that of another server. */
export function serveStore(asked: Asked): Place {
  if (asked.server !== undefined) throw misuse('serve takes --store, not --server', 'daybook serve --store FILE')
  return givenStore(asked)?.place ?? userStore(asked.env)
}

/** What skills are given, as daybook.json says: their folders with absolute paths, and the hosts they may ask. */
export function workSettings(
  asked: Asked,
): Pick<
  ServeSettings,
  'skillFolders' | 'agentFolders' | 'fileFolders' | 'mcp' | 'httpAllow' | 'approve' | 'budgets' | 'summaries'
> &
  Required<Pick<ServeSettings, 'programs' | 'models'>> {
  const config = readConfig(asked)
  const state = userFolder('state', asked.env)
  const programs = { file: programsFile(asked), state }
  const models = modelSettings(asked)
  if (config === null) return { programs, models }
  const { skills, agents, folders, mcp, http_allow: httpAllow, approve, budgets, summaries } = config.value
  const folder = dirname(config.path)
  return {
    programs,
    models,
    ...(skills === undefined ? {} : { skillFolders: skills.map((each) => resolve(folder, each)) }),
    ...(agents === undefined ? {} : { agentFolders: agents.map((each) => resolve(folder, each)) }),
    ...(folders === undefined ? {} : { fileFolders: folders.map((each) => resolve(folder, each)) }),
    // Their shapes were checked when the configuration was read.
    ...(mcp === undefined ? {} : { mcp: mcp as NonNullable<ServeSettings['mcp']> }),
    ...(httpAllow === undefined ? {} : { httpAllow }),
    ...(approve === undefined ? {} : { approve }),
    ...(budgets === undefined ? {} : { budgets: budgets as NonNullable<ServeSettings['budgets']> }),
    ...(summaries === undefined ? {} : { summaries: summariesOf(summaries) }),
  }
}

/** Its shape was checked when the configuration was read. */
function summariesOf(given: unknown): NonNullable<ServeSettings['summaries']> {
  const { begin_at: beginAt, ...rest } = given as { model?: string; begin_at?: number; keep?: number }
  return { ...rest, ...(beginAt === undefined ? {} : { beginAt }) }
}

/** Absolute path of the programs file that counts, which need not be there: beside daybook.json, else the user's. */
export function programsFile(asked: Asked): string {
  const config = configFile(asked)
  return join(config === null ? userFolder('config', asked.env) : dirname(config.value), 'programs.json')
}

/** How the place is called that counts where nobody names one. */
export const userStoreBy = 'the data folder'

function userStore(env: Env): Place {
  return { kind: 'store', url: storeUrl(join(userFolder('data', env), 'daybook.db'), '/'), by: userStoreBy }
}

function givenStore(asked: Asked): { place: Place; by: 'flag' | 'config' } | null {
  const given = settingFrom('store', { flag: asked.store, env: asked.env })
  if (given !== null) return placed(String(given.value), asked.cwd, given.by, 'flag')
  const config = readConfig(asked)
  return config?.value.store === undefined
    ? null
    : placed(config.value.store, dirname(config.path), config.path, 'config')
}

function placed(text: string, folder: string, by: string, how: 'flag' | 'config') {
  return { place: { kind: 'store', url: storeUrl(text, folder), by }, by: how } as const
}

/** A store as URL with an absolute path: `x.db`, `sqlite:x.db` and `sqlite:/a/x.db` name the same file in `/a`. */
export function storeUrl(text: string, folder: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/.exec(text)?.[1]
  if (scheme === undefined) return `sqlite:${resolve(folder, text)}`
  if (scheme !== 'sqlite') return text
  const [path = '', query] = splitQuery(text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''))
  return `sqlite:${resolve(folder, path)}${query}`
}

function splitQuery(text: string): [string, string] {
  const at = text.indexOf('?')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}

/** The file of a store's URL; null for stores that are no file. */
export function storeFile(url: string): string | null {
  return url.startsWith('sqlite:') ? splitQuery(url.slice('sqlite:'.length))[0] : null
}

function serverUrl(text: string): string {
  const given = /^[a-z]+:\/\//.test(text) ? text : `http://${text}`
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw misuse(`${text} is no address of a server`, 'daybook --server http://127.0.0.1:8001')
  }
  return url.origin
}

/** Without the password: as it is written down and shown. */
export function publicUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:@/?#]*):[^@/?#]*@/, '$1@')
}

/** As people read it: the file without its scheme where it is one. */
export function placeText(place: Place): string {
  return place.kind === 'server' ? place.url : (storeFile(place.url) ?? publicUrl(place.url))
}

/** Whether there is something to open: true for what is no file of this machine. */
export function isThere(place: Place): boolean {
  const file = place.kind === 'store' ? storeFile(place.url) : null
  if (file === null) return true
  try {
    statSync(file)
    return true
  } catch (error) {
    // What may not be looked at is no reason to say that there is nothing: its opening says what is wrong.
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
  }
}

/** What to do about a store that does not open, where whoever could not open it does not know. */
function remedy(place: Place, code: ErrorCode): string | undefined {
  const name = placeText(place)
  if (storeFile(place.url) === null) return code === 'unreachable' ? `daybook doctor --store ${name}` : undefined
  if (code === 'unreachable') return `ls -ld ${name}   or name another: --store FILE`
  if (code === 'store_full') return `make room: df -h ${dirname(name)}`
  if (code === 'store_readonly') return 'name one that you may write: --store FILE'
  return code === 'damaged'
    ? `name another: --store FILE   or bring back a backup: daybook store restore BACKUP --store ${name}`
    : undefined
}

/** Names the store in what its opening failed with. */
export function atPlace(place: Place, error: unknown): unknown {
  if (!isDaybookError(error) || error.code === 'invalid') return error
  const { code, message } = error
  const hint = error.hint ?? remedy(place, code)
  return new DaybookError(code, `${placeText(place)}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  })
}
