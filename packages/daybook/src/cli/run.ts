// Runs one command line: words in, exit code out; every failure leaves as three lines or one JSON object.

import type { Host } from './context.ts'
import { type ExitCode, exits, refusalOf } from './exits.ts'
import { type Parsed, parse } from './grammar.ts'
import { openContext } from './open.ts'
import { type Output, openOutput } from './output.ts'
import { commands, everywhere } from './table.ts'

export async function run(argv: readonly string[], host: Host): Promise<ExitCode> {
  // Failures of the grammar itself are told in the form that was asked for, as far as that can be known.
  let output = outputOf(host, { json: argv.includes('--json'), quiet: false })
  try {
    const parsed = parse(argv, commands, everywhere)
    const { options } = parsed.call
    output = outputOf(host, { json: options.json === true, quiet: options.quiet === true })
    return await dispatch(parsed, host, output)
  } catch (error) {
    if (host.signal.aborted) return exits.interrupted
    const refusal = refusalOf(error)
    if (argv.includes('--verbose') && error instanceof Error && error !== refusal) output.hint(error.stack ?? '')
    output.refuse(refusal)
    return refusal.exit
  }
}

async function dispatch({ command, call, help, version, noun }: Parsed, host: Host, output: Output): Promise<ExitCode> {
  if (version) {
    if (output.json) output.object({ version: host.version })
    else output.line(host.version)
    return exits.ok
  }
  if (help) {
    const { explain, explainNoun, overview } = await import('./help.ts')
    output.line(noun !== undefined ? explainNoun(noun) : command.name === '' ? overview() : explain(command))
    return exits.ok
  }
  await using context = openContext(call, host, output, { commands, everywhere })
  const { perform } = await command.load()
  const exit = await perform(context, call)
  return exit ?? (host.signal.aborted ? exits.interrupted : exits.ok)
}

function outputOf(host: Host, settings: { json: boolean; quiet: boolean }): Output {
  return openOutput(host.out, host.err, host.person, { ...settings, env: host.env })
}
