// `daybook import`: takes in what was exported elsewhere, verified first; with --check it only verifies, without a store.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DaybookError, isDaybookError } from '../../schema/errors.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, misuse, Refusal } from '../exits.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { linesOf } from '../lines.ts'
import { placeText } from '../where.ts'

export const perform: Perform = async (context, call) => {
  if (call.args.length === 0) throw misuse('import needs a file', `${context.me} import sessions.jsonl`)
  if (call.options.check === true) return checkAll(context, call.args)
  for (const file of call.args) await mustBeThere(context, file)
  const { all, place } = await context.store({ create: true })
  const redact = call.options.redact === true
  for (const file of call.args) {
    const report = await all.import(linesIn(context, file), { redact }).catch((error: unknown) => {
      throw inFile(context, file, error)
    })
    if (context.output.json) context.output.object({ file, ...report })
    else {
      const unchanged = report.unchanged.length > 0 ? `, ${many(report.unchanged.length, 'session')} unchanged` : ''
      const what = `${many(report.imported.length, 'session')}, ${many(report.entries, 'entry', 'entries')}, ${many(report.blobs, 'blob')}`
      context.output.line(`${file}   ${what} taken in${unchanged}`)
    }
  }
  context.output.hint(`store ${placeText(place)}`)
  return undefined
}

async function checkAll(context: Context, files: readonly string[]): Promise<ExitCode | undefined> {
  const { checkBundle } = await import('../../session/transfer/check.ts')
  let damaged = false
  for (const file of files) {
    await mustBeThere(context, file)
    const report = await checkBundle(linesIn(context, file))
    damaged ||= report.problems.length > 0
    const { output } = context
    if (output.json) {
      output.object({ file, ...report })
      continue
    }
    const size = `${many(report.sessions, 'session')}, ${many(report.entries, 'entry', 'entries')}, ${many(report.blobs, 'blob')}`
    output.line(
      `${file}   ${size}: ${report.problems.length === 0 ? 'every chain holds' : many(report.problems.length, 'problem')}`,
    )
    output.table(
      report.problems.map(({ line, session, detail }) => [`line ${line}`, session ?? '', detail]),
      { indent: 2 },
    )
  }
  return damaged ? exits.failed : undefined
}

async function mustBeThere(context: Context, file: string): Promise<void> {
  if (file === '-') return
  const found = await stat(resolve(context.host.cwd, file)).catch(() => null) // any reason not to see it is told as one
  if (!found?.isFile()) {
    throw new Refusal(exits.notFound, 'not_found', { what: `${file} is no file that can be read`, next: `ls ${file}` })
  }
}

/** Which of several files it was, and how to see everything that is wrong in it. */
function inFile({ me }: Context, file: string, error: unknown): unknown {
  if (!isDaybookError(error) || error.code !== 'invalid') return error
  const hint = `${me} import --check ${file}`
  return new DaybookError('invalid', `${file}: ${error.message}`, { hint: error.hint ?? hint, cause: error })
}

async function* linesIn(context: Context, file: string): AsyncGenerator<string> {
  const { host } = context
  const input = file === '-' ? host.input : createReadStream(resolve(host.cwd, file))
  for await (const line of linesOf(input)) {
    // A file that was read in part must not pass for a whole one.
    host.signal.throwIfAborted()
    yield line
  }
}
