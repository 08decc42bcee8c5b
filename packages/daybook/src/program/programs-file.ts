// The programs file: a text becomes the set of programs that count, or the first fault in it with its line.

import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { compile, type Misfit, type Schema } from '../schema/check.ts'
import { readJson, type Spot } from '../schema/json-text.ts'
import { builtinPrograms } from './builtin.ts'
import { merged, type Program, resolveProgram } from './resolve.ts'
import { type ProgramSettings, ProgramsFile } from './shape.ts'

/** What is wrong with the file. */
export interface ProgramsFault extends Spot, Misfit {}

export interface ProgramSet {
  get(name: string): Program | undefined
  /** By name, in the order of the alphabet. */
  list(): readonly Program[]
  /** Absolute paths in and below which programs may work; the person's home where the file names none. */
  readonly workdirs: readonly string[]
}

export type ReadPrograms =
  | { readonly ok: true; readonly set: ProgramSet }
  | { readonly ok: false; readonly fault: ProgramsFault }

export const noPrograms: ProgramSet = Object.freeze({ get: () => undefined, list: () => [], workdirs: [] })

const checkFile = compile(ProgramsFile as unknown as Schema)
const nameForm = /^[a-z][a-z0-9_-]{0,62}$/

/** @param folder that of the file: relative folders stand below it */
export function readPrograms(text: string, folder: string): ReadPrograms {
  const read = readJson(text)
  if (!read.ok) return { ok: false, fault: { ...read.spot, field: '', why: `it is not JSON: ${read.why}` } }
  const [twice] = read.twice
  if (twice) return { ok: false, fault: { ...twice.spot, field: twice.field, why: 'stands twice' } }
  const misfit = checkFile(read.value, '')
  const found = misfit ?? programsOf(read.value as ProgramsFile, folder)
  return 'why' in found ? { ok: false, fault: { ...read.spot(found.field), ...found } } : { ok: true, set: found }
}

/** As a sentence for people. */
export function programsFaultText({ line, column, field, why }: ProgramsFault): string {
  return `line ${line}, column ${column}: ${field === '' ? '' : `${JSON.stringify(field)} `}${why}`
}

function programsOf(file: ProgramsFile, folder: string): ProgramSet | Misfit {
  const said = file.programs ?? {}
  const programs = new Map<string, Program>()
  for (const name of [...new Set([...Object.keys(builtinPrograms), ...Object.keys(said)])].toSorted()) {
    if (!nameForm.test(name)) return { field: `programs.${name}`, why: `is no name of a program: ${nameForm.source}` }
    const settings = merged(knownOf(name), Object.hasOwn(said, name) ? (said[name] ?? {}) : {})
    if (settings.disabled) continue
    const program = resolveProgram(name, settings, file.defaults)
    if ('why' in program) return program
    programs.set(name, program)
  }
  return {
    get: (name) => programs.get(name),
    list: () => [...programs.values()],
    workdirs: (file.workdirs ?? ['~']).map((one) => resolve(folder, one.replace(/^~(?=\/|$)/, homedir()))),
  }
}

function knownOf(name: string): ProgramSettings {
  return Object.hasOwn(builtinPrograms, name) ? (builtinPrograms[name] ?? {}) : {}
}
