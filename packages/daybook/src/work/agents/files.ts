// Definitions that stand as files in folders, of YAML or as modules, read again when they change.

import { basename, extname, join, resolve } from 'node:path'
import type { Misfit } from '../../schema/check.ts'
import { listFolder, readFiles } from '../skills/files.ts'
import { hashOfFiles } from '../skills/hash.ts'
import { importSkill } from '../skills/modules.ts'
import { FolderWatch } from '../skills/watch.ts'
import type { AgentFault } from './contract.ts'
import { misfitIn, readWritten } from './written.ts'

/** What a file gives: the value of its YAML, or the default export of its module. */
export interface FileFields {
  readonly value: unknown
  /** Of the file, without ending. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly written: boolean
}

export interface FilesOptions<T> {
  /** Absolute, or from the working folder; those that are not there yet are waited for. Of two with a name the first counts. */
  readonly folders: readonly string[]
  /** The definition of a file, what is wrong with it, or null where it defines something else. */
  readonly read: (fields: FileFields) => T | Misfit | null
  /** Follow changes; default: false. */
  readonly watch?: boolean
  /** Milliseconds between two looks where the system gives no notice; default 2,000. */
  readonly lookMs?: number
  /** Called once for each new fault. Default: a warning of the process. */
  readonly onFault?: (fault: AgentFault) => void
  readonly onChange: () => void
}

/** What is known of one file. */
interface Known<T> {
  readonly hash: string
  /** Of the last good version. */
  readonly made: T | null
  readonly fault: string | null
}

const written = new Set(['.yaml', '.yml'])
const modules = new Set(['.ts', '.mts', '.js', '.mjs'])

export class DefinitionFiles<T extends { readonly name: string }> implements AsyncDisposable {
  readonly #options: FilesOptions<T>
  readonly #folders: readonly string[]
  #known: ReadonlyMap<string, Known<T>> = new Map()
  #made: ReadonlyMap<string, T> = new Map()
  #faults: ReadonlyMap<string, AgentFault> = new Map()
  #reading: Promise<void> = Promise.resolve()
  #watch: FolderWatch | null = null

  constructor(options: FilesOptions<T>) {
    this.#options = options
    this.#folders = options.folders.map((folder) => resolve(folder))
  }

  async start(): Promise<this> {
    await this.reload()
    if (this.#options.watch) {
      const { lookMs: everyMs = 2000 } = this.#options
      const onError = (error: unknown) => process.emitWarning(error instanceof Error ? error : String(error))
      this.#watch = new FolderWatch({ look: () => this.#look(), read: () => this.reload(), everyMs, onError })
    }
    return this
  }

  list(): readonly T[] {
    return [...this.#made.values()]
  }

  faults(): readonly AgentFault[] {
    return [...this.#faults.values()]
  }

  /** Never two at once: each begins with what the one before it has found. */
  reload(): Promise<void> {
    const reading = this.#reading.then(() => this.#read())
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.close()
    await this.#reading
  }

  async #look(): Promise<readonly [string, readonly string[]]> {
    const stamps: string[] = []
    const folders: string[] = []
    for (const folder of this.#folders) {
      const listing = await orError(listFolder(folder))
      stamps.push(listing instanceof Error ? listing.message : listing.stamp)
      if (!(listing instanceof Error)) folders.push(...listing.folders)
    }
    return [stamps.join('\n'), folders]
  }

  async #read(): Promise<void> {
    const known = new Map<string, Known<T>>()
    for (const folder of this.#folders) {
      const files = await orError(listFolder(folder).then(readFiles))
      if (files instanceof Error) {
        // What cannot be read for a moment has not gone.
        for (const [path, old] of this.#known) if (path.startsWith(folder)) known.set(path, old)
        known.set(folder, { hash: '', made: null, fault: files.message })
        continue
      }
      const whole = hashOfFiles(files)
      for (const [path, bytes] of files) {
        const ending = extname(path)
        if (path.includes('/') || !isDefinition(path)) continue
        const hash = written.has(ending) ? hashOfFiles(new Map([[path, bytes]])) : whole
        const at = join(folder, path)
        known.set(at, await this.#file(at, folder, files, hash))
      }
    }
    this.#known = known
    this.#settle()
  }

  async #file(path: string, folder: string, files: ReadonlyMap<string, Uint8Array>, hash: string): Promise<Known<T>> {
    const old = this.#known.get(path)
    if (old?.hash === hash && old.fault === null) return old
    try {
      return { hash, made: await this.#definition(path, folder, files), fault: null }
    } catch (error) {
      return { hash, made: old?.made ?? null, fault: error instanceof Error ? error.message : String(error) }
    }
  }

  async #definition(path: string, folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<T | null> {
    const file = basename(path)
    const name = file.slice(0, -extname(file).length)
    const isWritten = written.has(extname(file))
    const from = isWritten ? await readWritten(files.get(file) ?? new Uint8Array(), file) : null
    const value = from ? from.value : await importSkill(folder, file, files)
    const made = this.#options.read({ value, name, path, written: isWritten })
    if (made !== null && 'why' in made) throw misfitIn(file, made, from?.lineOf(made.field))
    return made
  }

  /** What the files say becomes what everybody sees, at once. */
  #settle(): void {
    const made = new Map<string, T>()
    const messages = new Map<string, string>()
    for (const [path, one] of this.#known) {
      if (one.fault !== null) messages.set(path, one.fault)
      if (!one.made) continue
      if (made.has(one.made.name)) messages.set(path, one.fault ?? `the name ${one.made.name} is that of another file`)
      else made.set(one.made.name, one.made)
    }
    const same = made.size === this.#made.size && [...made].every(([name, one]) => this.#made.get(name) === one)
    this.#made = made
    const faultsChanged = this.#tell(messages)
    if (!same || faultsChanged) this.#options.onChange()
  }

  #tell(messages: ReadonlyMap<string, string>): boolean {
    const before = this.#faults
    this.#faults = new Map(
      [...messages].map(([path, message]) => {
        const old = before.get(path)
        return [path, old?.message === message ? old : Object.freeze({ path, message, since: Date.now() })] as const
      }),
    )
    const { onFault = warn } = this.#options
    const fresh = [...this.#faults.values()].filter((fault) => before.get(fault.path) !== fault)
    for (const fault of fresh) onFault(fault)
    return fresh.length > 0 || before.size !== this.#faults.size
  }
}

function isDefinition(path: string): boolean {
  if (/\.(?:test|fixture|d)\.[cm]?[jt]s$/.test(path)) return false
  return written.has(extname(path)) || modules.has(extname(path))
}

async function orError<R>(result: Promise<R>): Promise<R | Error> {
  try {
    return await result
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function warn({ path, message }: AgentFault): void {
  process.emitWarning(`the agent in ${path} has a fault: ${message}`)
}
