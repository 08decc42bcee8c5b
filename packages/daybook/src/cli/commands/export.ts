// `daybook export`: sessions in the open format, or one session as a document or in the form of another agent.

import type { Session } from '../../session/contract.ts'
import { toldOf } from '../../transcripts/writing/told.ts'
import { documentWriters, transcriptWriters } from '../../transcripts/writing/writers.ts'
import type { Context } from '../context.ts'
import { misuse } from '../exits.ts'
import { count } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { pickIn } from '../pick-in.ts'
import { resumingLines } from '../resuming.ts'
import { print, save } from '../saving.ts'

export const perform: Perform = async (context, call) => {
  const format = text(call, 'format') ?? 'jsonl'
  const opened = await context.store()
  const ids: string[] = []
  const part = call.args.find((argument) => /@\d{1,15}$/.test(argument))
  if (part !== undefined)
    throw misuse('whole sessions are exported', `${context.me} fork ${part}   then export the fork`)
  for (const argument of call.args) ids.push((await pickIn(context, opened, argument)).session_id)
  // A dash is standard output, as it is where nothing is said.
  const given = text(call, 'to')
  const to = given === '-' ? undefined : given
  if (format !== 'jsonl') {
    const [id, ...others] = ids
    if (id === undefined || others.length > 0)
      throw misuse(`--format ${format} takes one session`, `${context.me} export <session> --format ${format}`)
    await one(context, opened.all.session(id), format, to)
    return undefined
  }
  const lines = ended(opened.all.export(call.args.length === 0 ? undefined : ids))
  const written = to === undefined ? await print(context, lines) : await save(context, lines, to)
  if (to !== undefined || context.output.width !== undefined) context.output.hint(`${count(written)} lines`)
  return undefined
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

async function one(context: Context, session: Session, format: string, to: string | undefined): Promise<void> {
  const write = (pieces: AsyncIterable<string>) =>
    to === undefined ? print(context, pieces) : save(context, pieces, to)
  const document = documentWriters.find((each) => each.format === format)
  if (document !== undefined) {
    await write(document.write(session, Temporal.Now.timeZoneId()))
    return
  }
  const writer = transcriptWriters.find(({ agent }) => agent === format)
  if (writer === undefined) throw misuse(`there is no format ${format}`)
  const told = await toldOf(session, context.host.cwd)
  await write(writer.write(told))
  const resuming = writer.resuming(told)
  if (to !== undefined && context.output.json) context.output.object({ file: to, ...resuming })
  else for (const line of resumingLines(resuming, to)) context.output.hint(line)
}
