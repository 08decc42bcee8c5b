// daybook.json: which one counts, what it says, and everything that is wrong with it.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { compile, type Schema } from '../schema/check.ts'
import { readJson, type Spot } from '../schema/json-text.ts'
import { exits, misuse, Refusal } from './exits.ts'
import { nearest } from './grammar.ts'
import { type Config, type Given, settingFrom, settingRows } from './settings.ts'
import type { Asked } from './where.ts'

export interface ConfigFault extends Spot {
  /** The guilty field, as `skills[2].name`; empty for the text as a whole. */
  readonly field: string
  readonly why: string
  /** The known key that may have been meant. */
  readonly nearest?: string
}

export interface Examined {
  /** What was understood; empty where there is any fault. */
  readonly value: Config
  /** In the order of the text. */
  readonly faults: readonly ConfigFault[]
}

const shapes = new Map<string, Schema>(settingRows.flatMap(({ name, shape }) => (shape ? [[name, shape]] : [])))
export const configKeys: readonly string[] = [...shapes.keys()]

/** Where the file is that counts; null when there is none. It may not exist when somebody named it. */
export function configFile(asked: Asked): (Given & { readonly value: string }) | null {
  const given = settingFrom('config', { flag: asked.config, env: asked.env })
  if (given !== null) return { ...given, value: resolve(asked.cwd, String(given.value)) }
  const found = nearestConfig(asked.cwd)
  return found === null ? null : { value: found, from: 'default', by: 'nearest daybook.json' }
}

function nearestConfig(cwd: string): string | null {
  let folder = resolve(cwd)
  for (;;) {
    const file = join(folder, 'daybook.json')
    if (existsSync(file)) return file
    const above = dirname(folder)
    if (above === folder) return null
    folder = above
  }
}

/** The configuration that counts; refused when it has a fault, because half of it would be a guess. */
export function readConfig(asked: Asked): { readonly path: string; readonly value: Config } | null {
  const file = configFile(asked)
  if (file === null) return null
  const { value, faults } = examine(configText(file.value))
  const [first] = faults
  if (first === undefined) return { path: file.value, value }
  throw misuse(`${file.value} cannot be used`, `daybook config check ${file.value}`, `${faultText(first)}.`)
}

/** The text of the file; `not_found` when it cannot be read. */
export function configText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Refusal(exits.notFound, 'not_found', {
      what: `${file} cannot be read`,
      why,
      next: 'daybook config --help',
    })
  }
}

/** Everything that is wrong with a text: JSON, keys that are not known or stand twice, values that do not fit. */
export function examine(text: string): Examined {
  const read = readJson(text)
  if (!read.ok) return { value: {}, faults: [{ ...read.spot, field: '', why: `it is not JSON: ${read.why}` }] }
  const { value, spot, twice } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { value: {}, faults: [{ ...spot(''), field: '', why: 'it must be a JSON object' }] }
  }
  const faults: ConfigFault[] = twice.map((each) => ({ ...each.spot, field: each.field, why: 'stands twice' }))
  for (const [key, part] of Object.entries(value)) {
    const shape = shapes.get(key)
    const misfit = shape === undefined ? unknownKey(key) : compile(shape)(part, key)
    if (misfit) faults.push({ ...spot(misfit.field), ...misfit })
  }
  faults.sort((a, b) => a.line - b.line || a.column - b.column)
  return { value: faults.length === 0 ? value : {}, faults }
}

function unknownKey(key: string): Pick<ConfigFault, 'field' | 'why' | 'nearest'> {
  const near = nearest(key, configKeys)
  return { field: key, why: 'is not a known key', ...(near === undefined ? {} : { nearest: near }) }
}

export function faultText({ line, column, field, why, nearest: near }: ConfigFault): string {
  const subject = field === '' ? '' : `${JSON.stringify(field)} `
  const known = near === undefined ? `; known: ${configKeys.join(', ')}` : `; nearest: ${near}`
  return `line ${line}, column ${column}: ${subject}${why}${why === 'is not a known key' ? known : ''}`
}
