// What the state folder holds of one process: who it is, how it ended; written so that a reader sees all of it or nothing.

import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessExit, ProcessMode, SpawnRequest } from './contract.ts'
import type { Identity } from './proc.ts'

export interface ProcessRecord {
  readonly key: string
  readonly mode: ProcessMode
  /** Null until it was started. */
  readonly process: Identity | null
  readonly marker: string
  readonly startedAt: number
  /** The parent, who alone learns how it ends. */
  readonly keeper: Identity
  /** As it was asked for; without it all is kept. */
  readonly keep?: SpawnRequest['keep']
}

const processes = (folder: string): string => join(folder, 'processes')

export function placeOf(folder: string, key: string): string {
  return join(processes(folder), createHash('sha256').update(key).digest('hex').slice(0, 32))
}

export function writeWhole(path: string, value: unknown): void {
  const part = `${path}.${randomUUID()}`
  writeFileSync(part, JSON.stringify(value), { mode: 0o600 })
  renameSync(part, path)
}

/** Null where there is no such file, or one that a loss of power left empty: nobody of whom it told lives any more. */
export function readWhole<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (!(error instanceof SyntaxError)) throw error
    console.error(`${path} cannot be read: ${error.message}`)
    return null
  }
}

/** Takes the key: of all who try, one gets true. */
export function claim(folder: string, record: ProcessRecord): boolean {
  const place = placeOf(folder, record.key)
  const draft = join(processes(folder), `draft-${randomUUID()}`)
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  writeRecord(draft, record)
  try {
    renameSync(draft, place) // refused where a folder with something in it is
    return true
  } catch (error) {
    rmSync(draft, { recursive: true })
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** Places of all processes; what somebody who died had not claimed yet is removed. Only for who holds the folder. */
export function places(folder: string): string[] {
  mkdirSync(processes(folder), { recursive: true, mode: 0o700 })
  return readdirSync(processes(folder)).flatMap((name) => {
    const place = join(processes(folder), name)
    if (!name.startsWith('draft-')) return [place]
    rmSync(place, { recursive: true })
    return []
  })
}

export const readRecord = (place: string): ProcessRecord | null => readWhole(join(place, 'process.json'))
export const writeRecord = (place: string, record: ProcessRecord): void =>
  writeWhole(join(place, 'process.json'), record)
export const readExit = (place: string): ProcessExit | null => readWhole(join(place, 'exit.json'))
export const writeExit = (place: string, exit: ProcessExit): void => writeWhole(join(place, 'exit.json'), exit)
