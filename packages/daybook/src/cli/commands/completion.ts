// `daybook completion`: a script for a shell, made from the one table; and the sessions that such a script asks for.

import { isDaybookError } from '../../schema/errors.ts'
import type { SessionShape } from '../../schema/wire-shapes.ts'
import { scriptOf } from '../completion/script.ts'
import { shells } from '../completion/shells.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../exits.ts'
import { agentOf, titleOf } from '../format/session.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { uniqueTails } from '../pick.ts'

/** Newest sessions that a shell is told of. */
const most = 200
/** Milliseconds that somebody who pressed a key waits for a server. */
const patience = 1000

export const perform: Perform = async (context, call) => {
  const { output } = context
  const [word, beginning = ''] = call.args
  if (call.options.sessions === true) return tellSessions(context, beginning, call.options.verbose === true)
  const shell = shells.find((each) => each === word) ?? 'bash'
  const script = scriptOf(shell, context.table)
  if (output.json) output.object({ shell, script })
  else await output.stream(script)
  return undefined
}

async function tellSessions(context: Context, beginning: string, verbose: boolean): Promise<undefined> {
  const { output } = context
  for (const { tail, session } of await newest(context, verbose)) {
    if (!tail.startsWith(beginning)) continue
    const [agent, title] = [agentOf(session), titleOf(session)]
    if (output.json) output.object({ tail, session_id: session.session_id, agent, title })
    else output.line(`${tail}\t${oneLine([agent, title].filter((text) => text !== '').join(' · '))}`)
  }
  return undefined
}

/** None where no store or server is reached: a shell that completes has no place for an error; --verbose has. */
async function newest(
  context: Context,
  verbose: boolean,
): Promise<readonly { readonly tail: string; readonly session: SessionShape }[]> {
  try {
    const backend = await context.backend()
    const limit = Math.min(context.limit ?? most, most)
    const { sessions } = await backend.list({ limit }, { signal: AbortSignal.timeout(patience) })
    const tails = uniqueTails(sessions)
    return sessions.map((session, at) => ({ session, tail: tails[at] ?? session.tail }))
  } catch (error) {
    const expected = isDaybookError(error) || error instanceof Refusal || isTimeout(error)
    if (!expected) throw error
    if (verbose) context.output.hint(error instanceof Error ? error.message : String(error))
    return []
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
