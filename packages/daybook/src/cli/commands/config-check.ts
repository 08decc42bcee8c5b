// `daybook config check`: everything that is wrong with a daybook.json, each with its line and column.

import { resolve } from 'node:path'
import { configFile, configKeys, configText, examine, faultText } from '../config.ts'
import { type ExitCode, exits } from '../exits.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'

export const perform: Perform = async (context, call): Promise<ExitCode | undefined> => {
  const { output, asked, host } = context
  const named = call.args[0]
  const file = named === undefined ? (configFile(asked)?.value ?? null) : resolve(host.cwd, named)
  if (file === null) {
    if (output.json) output.object({ file: null, ok: true, faults: [] })
    else output.line('no daybook.json here or above: nothing to check')
    return undefined
  }
  const { value, faults } = examine(configText(file))
  if (output.json) output.object({ file, ok: faults.length === 0, faults })
  else if (faults.length === 0) output.line(`${file}: ${many(Object.keys(value).length, 'key')}, no fault`)
  else {
    output.line(`${file}: ${many(faults.length, 'fault')}`)
    for (const fault of faults) output.line(`  ${faultText(fault)}`)
    output.hint(`known keys: ${configKeys.join(', ')}`)
  }
  return faults.length === 0 ? undefined : exits.usage
}
