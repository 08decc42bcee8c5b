// Regular expressions that people write: checked when they are read, and never given more than some milliseconds.

import { type Context, createContext, Script } from 'node:vm'
import type { Misfit } from '../schema/check.ts'
import { DaybookError } from '../schema/errors.ts'

/** Milliseconds of the processor that an expression may take for all the texts of one call. */
const budgetMs = 50

/** What is wrong with an expression; null when nothing is. */
export function patternMisfit(source: string | undefined, field: string, group?: string): Misfit | null {
  if (source === undefined) return null
  try {
    new RegExp(source, 'u')
  } catch (error) {
    return { field, why: `is not a regular expression: ${error instanceof Error ? error.message : String(error)}` }
  }
  const isThere = group === undefined || source.includes(`(?<${group}>`)
  return isThere ? null : { field, why: `must have a group (?<${group}>…)` }
}

/** Made with the first look: a context costs some milliseconds. */
let context: Context | undefined
const script = new Script(
  'texts.map((text) => { const found = pattern.exec(text); return found && [...found, found.groups] })',
)

/** What an expression found in a text. */
export interface Found {
  readonly groups: Readonly<Record<string, string | undefined>>
  /** The whole, then what is captured. */
  readonly captures: readonly (string | undefined)[]
}

/**
 * Looks for an expression in texts, each by itself. `invalid` where it would take longer than 50 ms in all: some expressions
 * take a time that doubles with every character, and one that is stopped has found nothing.
 */
export function findIn(source: string, texts: readonly string[]): readonly (Found | null)[] {
  if (texts.length === 0) return []
  context ??= createContext({})
  Object.assign(context, { pattern: new RegExp(source, 'u'), texts })
  try {
    const found = run(source) as readonly (readonly unknown[] | null)[]
    return found.map((one) => one && { captures: one.slice(0, -1) as string[], groups: { ...(one.at(-1) as object) } })
  } finally {
    Object.assign(context, { texts: [] })
  }
}

/** A machine that is busy with others stops it before it had its time: then it is run again. */
function run(source: string): unknown {
  for (let tries = 1; ; tries += 1) {
    const before = process.threadCpuUsage()
    try {
      return script.runInContext(context as Context, { timeout: budgetMs })
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      const { user, system } = process.threadCpuUsage(before)
      if ((user + system) / 1000 < budgetMs / 2 && tries < 20) continue
      throw new DaybookError('invalid', `the expression ${JSON.stringify(source)} takes too long`, {
        field: 'regex',
        hint: 'avoid a repeated group that holds a repetition itself',
      })
    }
  }
}
