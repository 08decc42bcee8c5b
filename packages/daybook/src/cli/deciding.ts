// What `daybook approve` and `daybook deny` share: shows what is asked, asks the person, and writes the decision.

import type { EntryShape, SessionShape } from '../schema/wire-shapes.ts'
import type { Decision } from '../work/contract.ts'
import { type Asked, approvalsIn, sessionsToApprove } from './asked.ts'
import type { Backend } from './backend.ts'
import { boundSession } from './bound.ts'
import { chooseOne } from './choose.ts'
import type { Context } from './context.ts'
import { exits, misuse, Refusal } from './exits.ts'
import { shortDigest } from './format/run.ts'
import { clock } from './format/time.ts'
import { harmless, oneLine } from './format/width.ts'
import type { Perform } from './grammar.ts'
import { text } from './open.ts'
import { tellRun } from './outcome.ts'
import { pick, uniqueTails } from './pick.ts'
import type { ApprovalShape } from './runs.ts'
import { settle } from './settling.ts'

type Open = Asked<ApprovalShape>

export function decider(decision: Decision['decision']): Perform {
  return async (context, call) => {
    const backend = await context.backend()
    const open = await openIn(context, backend, call.args[0])
    const tails = uniqueTails(open.map(({ session }) => session))
    const rows = open.map(({ ask }, at) => [tails[at] ?? '', oneLine(ask.summary), shortDigest(ask.digest)])
    const chosen = await chooseOne(context, `${open.length} approvals are open`, open, rows)
    const { session, run, ask } = chosen
    const asked = await entryOf(backend, session, 'approval.requested', ask)
    if (!context.output.json) context.output.line(askedLine(context, ask, asked))
    await sure(context, decision, ask)
    const comment = text(call, 'comment')
    const fields = { decision, digest: ask.digest, ...(comment === undefined ? {} : { comment }) }
    await backend.runs.decide(run.run_id, ask.approval_id, fields)
    const decided = await entryOf(backend, session, 'approval.decided', ask)
    if (!context.output.json) context.output.line(`decided #${decided?.seq ?? ''}`)
    // Without a server the decision reaches its run in this process.
    if (backend.runs.here) {
      const receipt = { session_id: session.session_id, run_id: run.run_id, seq: decided?.seq ?? session.seq }
      if (decision === 'approved') return tellRun(context, backend, receipt, session)
      await settle(context, backend, receipt)
    }
    if (context.output.json) context.output.object(await backend.runs.get(run.run_id))
    else context.output.hint(`${context.me} follow ${session.tail}`)
    return undefined
  }
}

/** Open approvals of the named session; without one of the branch's session, else of all. */
async function openIn(context: Context, backend: Backend, argument: string | undefined): Promise<readonly Open[]> {
  const bound = argument === undefined ? await boundSession(context) : null
  if (argument !== undefined || bound !== null) {
    const session = bound ?? (await pick(context, argument)).session
    const open = await approvalsIn(backend, session)
    if (open.length === 0) throw await nothingOpen(context, backend, session)
    return open
  }
  const sessions = await sessionsToApprove(backend)
  const open = (await Promise.all(sessions.map((session) => approvalsIn(backend, session)))).flat()
  if (open.length === 0) {
    throw new Refusal(exits.notFound, 'not_found', { what: 'nothing waits for an approval', next: context.me })
  }
  // Nobody looks at it: what is decided has to be named.
  if (context.yes && open.length === 1) {
    const tail = open[0]?.session.tail
    throw misuse('--yes needs a session', `${context.me} approve ${tail} --yes`, 'What is decided unseen is named.')
  }
  return open
}

async function nothingOpen(context: Context, backend: Backend, session: SessionShape): Promise<Refusal> {
  const { entries } = await backend
    .session(session.session_id)
    .entries({ kind: ['approval.decided', 'approval.expired'], order: 'desc', limit: 1 })
  const last = entries[0]
  if (last === undefined) {
    const what = `${session.tail} asks for no approval`
    return new Refusal(exits.notFound, 'not_found', { what, next: `${context.me} show ${session.tail}` })
  }
  const word =
    last.kind === 'approval.expired' ? 'has expired' : `was ${fieldOf(last, 'decision')} by ${fieldOf(last, 'by')}`
  return new Refusal(exits.conflict, 'invalid_state', {
    what: `nothing is left to decide in ${session.tail}`,
    why: `The last approval ${word} at #${last.seq}.`,
    next: `${context.me} show ${session.tail}@${last.seq}`,
  })
}

function askedLine({ host }: Context, ask: ApprovalShape, asked: EntryShape | undefined): string {
  const who = asked === undefined ? '' : `asked by ${oneLine(asked.actor.replace(/^[a-z]+:/, ''))} at #${asked.seq}`
  const until = ask.until === null ? '' : `until ${clock(Date.parse(ask.until), host.now())}`
  return [oneLine(ask.summary), who, `digest ${shortDigest(ask.digest)}`, until]
    .filter((word) => word !== '')
    .join('   ')
}

async function sure(context: Context, decision: Decision['decision'], ask: ApprovalShape): Promise<void> {
  if (context.yes) return
  const word = decision === 'approved' ? 'approve' : 'deny'
  if (!context.host.person) {
    throw new Refusal(exits.needsPerson, 'needs_person', {
      what: `this needs a person: ${word} ${oneLine(ask.summary)}?`,
      why: 'There is no terminal to ask on.',
      next: 'add --yes when you mean it',
    })
  }
  for (;;) {
    const answer = (await context.host.ask(`${word}? [y/N/show] `))?.trim() ?? ''
    if (/^y(es)?$/i.test(answer)) return
    if (!/^s(how)?$/i.test(answer)) {
      throw new Refusal(exits.needsPerson, 'needs_person', { what: 'nothing was decided' })
    }
    context.output.line(`digest  ${oneLine(ask.digest)}`)
    context.output.line(harmless(JSON.stringify(ask.input ?? null, null, 2)))
  }
}

/** The entry that asked for an approval, or decided it. */
async function entryOf(
  backend: Backend,
  session: SessionShape,
  kind: string,
  { approval_id }: ApprovalShape,
): Promise<EntryShape | undefined> {
  const { entries } = await backend.session(session.session_id).entries({ kind: [kind], order: 'desc', limit: 50 })
  return entries.find((entry) => fieldOf(entry, 'approval_id') === approval_id)
}

function fieldOf({ data }: EntryShape, name: string): string {
  const fields = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>
  return typeof fields[name] === 'string' ? oneLine(fields[name] as string) : ''
}
