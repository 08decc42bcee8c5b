// `daybook start`: a new session with an agent, in the current folder and on its branch; a text becomes its first turn.

import type { SessionShape } from '../../schema/wire-shapes.ts'
import { agentNamed } from '../agents.ts'
import { type Attached, attachTo, screenFor } from '../attaching.ts'
import type { Context } from '../context.ts'
import { exits, misuse, Refusal } from '../exits.ts'
import { fromHome } from '../format/path.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { readAll } from '../input.ts'
import { text } from '../open.ts'
import { openingHere } from '../open-here.ts'
import { tellRun } from '../outcome.ts'

export const perform: Perform = async (context, call) => {
  const { output, me, host } = context
  const [name = '', given] = call.args
  const said = given === '-' ? (await readAll(host)).trim() : given?.trim()
  if (said === '') throw misuse('there is nothing to say', `${me} start ${name} "…"`)
  const backend = await context.backend()
  const agent = await agentNamed(context, backend, name)
  if (!agent.usable) {
    const why = agent.why ?? undefined
    throw new Refusal(exits.conflict, 'invalid_state', {
      what: `${oneLine(name)} cannot take a turn`,
      ...(why === undefined ? {} : { why: oneLine(why) }),
      next: `${me} agent show ${oneLine(name)}`,
    })
  }
  const model = text(call, 'model')
  const opens = { ...(await openingHere(context, agent.name)), ...(model === undefined ? {} : { model }) }
  if (said === undefined) {
    const thinks = agent.kind === 'model' || agent.kind === 'team'
    // The first message opens it: whoever leaves without a word leaves nothing behind.
    if (thinks && host.screen && !output.json) {
      return (await import('../talk/talk.ts')).talk(context, host.screen, { session: null, opens })
    }
    const session = await backend.create(opens)
    const opened = output.json || host.screen === null ? null : await openIn(context, session)
    if (opened) return attachTo(context, opened)
    if (output.json) output.object(session)
    else {
      output.line(`${wordsOf(session)}   stored #${session.seq}`)
      output.hint(`${me} say ${session.tail} "…"`)
    }
    return undefined
  }
  // Session and turn are one write: where the turn is refused, no session is left behind.
  const receipt = await backend.runs.start(null, { input: said, opens })
  const session = await backend.session(receipt.session_id).get()
  const { tail } = session
  const stored = `${wordsOf(session)}   stored #${receipt.seq}`
  if (call.options['no-wait'] !== true) {
    // Whoever reads it later, below the answer, reads nothing that was only true before.
    output.hint(stored)
    return tellRun(context, backend, receipt, { tail })
  }
  if (output.json) output.object(receipt)
  else {
    output.line(`${stored} · running`)
    output.hint(`${me} follow ${tail}`)
  }
  return undefined
}

/** Null where it is no program with a screen, or no server is there beside which it could live. */
async function openIn(context: Context, session: SessionShape): Promise<Attached | null> {
  const { processes } = await context.backend()
  if (!processes) return null
  const remote = await processes()
  const program = session.current_agent
  const known = (await remote.programs()).find(({ name }) => name === program)
  if (!known?.drivers.includes('pty')) return null
  const opened = await remote.open(session.session_id, { program, ...screenFor(context).size() })
  if (!('process' in opened)) return null
  return { session, process: opened.process.process.process_id, program }
}

/** `k3f9  codex in ~/app on fix-auth`. */
function wordsOf({ tail, current_agent: agent, branch, metadata }: SessionShape): string {
  const cwd = metadata?.cwd
  const folder = typeof cwd === 'string' ? ` in ${oneLine(fromHome(cwd))}` : ''
  return `${tail}  ${oneLine(agent)}${folder}${branch === null ? '' : ` on ${oneLine(branch)}`}`
}
