// `daybook config check`: everything that is wrong with a daybook.json and the programs file beside it, by line and column.

import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { programsFaultText, readPrograms } from '../../program/programs-file.ts'
import { configFile, configKeys, configText, examine, faultText } from '../config.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits } from '../exits.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { programsFile } from '../where.ts'

export const perform: Perform = async (context, call): Promise<ExitCode | undefined> => {
  const { output } = context
  const { config, programs } = filesIn(context, call.args[0])
  const { value, faults } = config === null ? { value: {}, faults: [] } : examine(configText(config))
  const read = programs === null ? null : readPrograms(configText(programs), dirname(programs))
  const wrong = read === null || read.ok ? [] : [read.fault]
  const ok = faults.length + wrong.length === 0
  if (output.json) {
    output.object({ file: config, ok, faults, programs: programs === null ? null : { file: programs, faults: wrong } })
    return ok ? undefined : exits.usage
  }
  if (config !== null) output.line(`${config}: ${countOf(faults, many(Object.keys(value).length, 'key'))}`)
  for (const fault of faults) output.line(`  ${faultText(fault)}`)
  if (faults.length > 0) output.hint(`known keys: ${configKeys.join(', ')}`)
  if (programs !== null) {
    const count = read?.ok ? read.set.list().length : 0
    output.line(`${programs}: ${countOf(wrong, many(count, 'program'))}`)
  }
  for (const fault of wrong) output.line(`  ${programsFaultText(fault)}`)
  if (config === null && programs === null) output.line('no daybook.json here or above: nothing to check')
  return ok ? undefined : exits.usage
}

/** Those that count here, or the one that is named. */
function filesIn({ asked, host }: Context, named: string | undefined) {
  if (named !== undefined) {
    const file = resolve(host.cwd, named)
    return basename(file) === 'programs.json' ? { config: null, programs: file } : { config: file, programs: null }
  }
  const programs = programsFile(asked)
  return { config: configFile(asked)?.value ?? null, programs: existsSync(programs) ? programs : null }
}

function countOf(faults: readonly unknown[], what: string): string {
  return faults.length === 0 ? `${what}, no fault` : many(faults.length, 'fault')
}
