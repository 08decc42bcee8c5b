// The skills of this process: built-in ones and those of folders, which may change while it runs.

import { resolve, sep } from 'node:path'
import type { Skill, SkillFault, Skills } from './contract.ts'
import { findSkillFolders, listFolder, readFiles } from './files.ts'
import { skillOfFiles } from './folder.ts'
import { hashOfFiles } from './hash.ts'
import { FolderWatch } from './watch.ts'

export interface SkillsOptions {
  /** Every skill at or below them is read; those that are not there yet are waited for. */
  readonly folders: readonly string[]
  readonly builtIn?: readonly Skill[]
  /** Called once for each new fault. Default: a warning of the process. */
  readonly onFault?: (fault: SkillFault) => void
  /** Follow changes; default: false. */
  readonly watch?: boolean
  /** Milliseconds between two looks where the system gives no notice; default 2,000. */
  readonly lookMs?: number
  /** Milliseconds since 1970; for tests. */
  readonly clock?: () => number
}

export interface OpenSkills extends Skills, AsyncDisposable {
  /** What is wrong at the moment; the last good version of such a skill stays in use. */
  faults(): readonly SkillFault[]
  /** Reads what has changed and tries again what had a fault. */
  reload(): Promise<void>
  /** Ends watching. Idempotent; skills that are in use stay as they are. */
  close(): Promise<void>
}

/** What is known of one folder. */
interface Known {
  readonly stamp: string | null
  readonly hash: string | null
  /** Of the last good version. */
  readonly skill: Skill | null
  readonly fault: string | null
}

/** A file that was written so short before it was read may have been written again with the same times. */
const freshMs = 100

/** Reads all skills; faults in folders never fail it. Of two with the same id the first one counts, built-in ones before folders. */
export async function openSkills(options: SkillsOptions): Promise<OpenSkills> {
  const skills = new FolderSkills(options)
  await skills.start()
  return skills
}

class FolderSkills implements OpenSkills {
  readonly #options: SkillsOptions
  readonly #listeners = new Set<() => void>()
  readonly #clock: () => number
  #known: ReadonlyMap<string, Known> = new Map()
  #skills: ReadonlyMap<string, Skill> = new Map()
  #faults: ReadonlyMap<string, SkillFault> = new Map()
  #reading: Promise<void> = Promise.resolve()
  #watch: FolderWatch | null = null

  constructor(options: SkillsOptions) {
    this.#options = {
      ...options,
      folders: options.folders.map((folder) => resolve(folder)),
      builtIn: [...(options.builtIn ?? [])],
    }
    this.#clock = options.clock ?? Date.now
  }

  async start(): Promise<void> {
    await this.reload()
    if (!this.#options.watch) return
    const look = () => this.#look()
    const read = () => this.#read(false)
    const { lookMs: everyMs = 2000 } = this.#options
    this.#watch = new FolderWatch({ look, read, everyMs, onError: warn })
  }

  list(): readonly Skill[] {
    return [...this.#skills.values()]
  }

  get(id: string): Skill | undefined {
    return this.#skills.get(id)
  }

  faults(): readonly SkillFault[] {
    return [...this.#faults.values()]
  }

  onChange(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  reload(): Promise<void> {
    return this.#read(true)
  }

  async close(): Promise<void> {
    await this.#watch?.close()
    await this.#reading
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Never two at once: each begins with what the one before it has found. */
  #read(again: boolean): Promise<void> {
    const reading = this.#reading.then(() => this.#readAll(again))
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async #look(): Promise<readonly [string, readonly string[]]> {
    const stamps: string[] = []
    const folders: string[] = []
    for (const root of this.#options.folders) {
      const found = await orError(findSkillFolders(root))
      if (found instanceof Error) {
        stamps.push(JSON.stringify([root, found.message]))
        continue
      }
      folders.push(...found.looked)
      for (const folder of found.skills) {
        const listing = await orError(listFolder(folder))
        stamps.push(JSON.stringify([folder, listing instanceof Error ? listing.message : listing.stamp]))
        if (!(listing instanceof Error)) folders.push(...listing.folders)
      }
    }
    return [stamps.join('\n'), folders]
  }

  async #readAll(again: boolean): Promise<void> {
    const known = new Map<string, Known>()
    for (const root of this.#options.folders) {
      const found = await orError(findSkillFolders(root))
      if (found instanceof Error) {
        // What cannot be read for a moment has not gone.
        for (const [folder, old] of this.#known) if (isBelow(folder, root)) known.set(folder, old)
        known.set(root, { stamp: null, hash: null, skill: this.#known.get(root)?.skill ?? null, fault: found.message })
        continue
      }
      for (const folder of found.skills) {
        if (!known.has(folder)) known.set(folder, await readFolder(folder, this.#known.get(folder), again))
      }
    }
    this.#known = known
    this.#settle()
  }

  /** What the folders say becomes what everybody sees, at once. */
  #settle(): void {
    const skills = new Map((this.#options.builtIn ?? []).map((skill) => [skill.id, skill]))
    const messages = new Map<string, string>()
    for (const [folder, { skill, fault }] of this.#known) {
      if (fault !== null) messages.set(folder, fault)
      if (!skill) continue
      const first = skills.get(skill.id)
      if (first) messages.set(folder, fault ?? `the id ${skill.id} is that of another skill already: ${first.source}`)
      else skills.set(skill.id, skill)
    }
    const changed = !sameSkills(this.#skills, skills)
    this.#skills = skills
    this.#tellFaults(messages)
    if (changed) for (const listener of [...this.#listeners]) listener()
  }

  #tellFaults(messages: ReadonlyMap<string, string>): void {
    const before = this.#faults
    const faults = [...messages].map(([folder, message]): [string, SkillFault] => {
      const old = before.get(folder)
      return [folder, old?.message === message ? old : Object.freeze({ folder, message, since: this.#clock() })]
    })
    this.#faults = new Map(faults)
    const { onFault = warnOf } = this.#options
    for (const [folder, fault] of faults) if (before.get(folder) !== fault) onFault(fault)
  }
}

/** The failure instead of the result, for failures that belong to a folder. */
async function orError<T>(result: Promise<T>): Promise<T | Error> {
  try {
    return await result
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function isBelow(folder: string, root: string): boolean {
  return folder.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** Imports only what has other bytes than before, or with `again` what had a fault. */
async function readFolder(folder: string, known: Known | undefined, again: boolean): Promise<Known> {
  const skill = known?.skill ?? null
  let hash: string | null = null
  let stamp: string | null = null
  try {
    const listing = await listFolder(folder)
    if (known && known.stamp === listing.stamp && !(again && known.fault !== null)) return known
    const fresh = Math.abs(Date.now() - listing.changedAt) < freshMs
    stamp = fresh ? null : listing.stamp
    const files = await readFiles(listing)
    hash = hashOfFiles(files)
    if (known?.hash === hash && !(again && known.fault !== null)) return { ...known, stamp }
    return { stamp, hash, skill: await skillOfFiles(folder, files, hash), fault: null }
  } catch (error) {
    return { stamp, hash, skill, fault: error instanceof Error ? error.message : String(error) }
  }
}

function sameSkills(some: ReadonlyMap<string, Skill>, others: ReadonlyMap<string, Skill>): boolean {
  return some.size === others.size && [...some].every(([id, skill]) => others.get(id) === skill)
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

function warnOf({ folder, message }: SkillFault): void {
  process.emitWarning(`the skill in ${folder} has a fault: ${message}`)
}
