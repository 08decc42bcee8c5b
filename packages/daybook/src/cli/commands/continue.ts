// `daybook continue`: a fork that begins with what the next agent has to know, and that agent's first turn in it.

import type { SessionShape } from '../../schema/wire-shapes.ts'
import { leastBudget, mostBudget, type Preamble, preambleOf, standardBudget } from '../../session/preamble/preamble.ts'
import type { HistoryMessage } from '../../session/views/contract.ts'
import type { TranscriptWriter } from '../../transcripts/writing/contract.ts'
import { transcriptWriters } from '../../transcripts/writing/writers.ts'
import { programsHere } from '../agents.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, misuse, Refusal } from '../exits.ts'
import { titleOf } from '../format/session.ts'
import { count } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import { type Call, nearest, type Perform } from '../grammar.ts'
import { readAll } from '../input.ts'
import { knownOf } from '../known.ts'
import { text, wholeNumber } from '../open.ts'
import { tellRun } from '../outcome.ts'
import { mustHave, pick } from '../pick.ts'
import { resumingLines } from '../resuming.ts'
import { refuseTaken, save } from '../saving.ts'

export const perform: Perform = async (context, call) => {
  const agent = text(call, 'with')
  if (agent === undefined) throw misuse('with which agent?', `${context.me} continue [session] --with codex`)
  const budget = wholeNumber(call, 'budget', leastBudget) ?? standardBudget
  if (budget > mostBudget) throw misuse(`--budget is at most ${mostBudget}, not ${budget}`)
  const to = text(call, 'write')
  const writer = to === undefined ? undefined : writerOf(agent)
  if (to !== undefined) refuseTaken(context, to)
  const { session, seq } = await pick(context, call.args[0])
  const at = seq ?? session.seq
  mustHave(session, at, `${context.me} continue`, ` --with ${agent}`)
  const asked = await askedIn(context, call)
  const backend = await context.backend()
  // Whoever gets a file goes on by hand, as does an agent that cannot be worked with here.
  const agents = (await backend.runs.agents()).map(({ name }) => name)
  mustBeKnown(context, agent, agents, session)
  const isHere = writer === undefined && agents.includes(agent)
  const remote = backend.session(session.session_id)
  const preamble = preambleOf(await knownOf(remote, await remote.get(), at), budget, isHere ? '' : asked)
  const fork = await remote.fork({ at })
  const kept = backend.session(fork.session_id)
  const receipt = await kept.append({
    kind: 'message',
    data: {
      role: 'system',
      content: preamble.text,
      metadata: { preamble: { with: agent, of: session.session_id, until: at, tokens: preamble.tokens } },
    },
    cause: at,
  })
  const written = { session, fork, seq: receipt.last, agent, at, preamble }
  if (isHere) return goOn(context, call, backend, written, asked)
  const resuming = writer === undefined || to === undefined ? undefined : await write(context, written, writer, to)
  tell(context, written, resuming, to)
  return undefined
}

/** The fork is handed over, and what is asked becomes its first turn there. */
async function goOn(
  context: Context,
  call: Call,
  backend: Backend,
  written: Written,
  asked: string,
): Promise<ExitCode | undefined> {
  const { output, me } = context
  const { fork, agent, seq } = written
  const { session_id, tail } = fork
  await backend.session(session_id).handoff(agent, 'continued')
  const object = { ...objectOf(written), file: null, resuming: null }
  if (asked === '') {
    if (output.json) output.object(object)
    else {
      output.line(lineOf(written))
      output.hint(`read it  ${me} show ${tail}@${seq}`)
      output.hint(`next     ${me} say ${tail} "…"`)
    }
    return undefined
  }
  const run = await backend.runs.start(session_id, { input: asked, agent })
  if (call.options['no-wait'] === true) {
    if (output.json) output.object({ ...object, run })
    else {
      output.line(`${lineOf(written)} · stored #${run.seq} · running`)
      output.hint(`${me} follow ${tail}`)
    }
    return undefined
  }
  output.hint(`${lineOf(written)} · stored #${run.seq}`)
  return tellRun(context, backend, run, { tail })
}

interface Written {
  readonly session: SessionShape
  readonly fork: SessionShape
  /** Of the preamble. */
  readonly seq: number
  readonly agent: string
  readonly at: number
  readonly preamble: Preamble
}

function writerOf(agent: string): TranscriptWriter {
  const writer = transcriptWriters.find((each) => each.agent === agent)
  if (writer !== undefined) return writer
  const known = transcriptWriters.map((each) => each.agent).join(', ')
  throw misuse(`no file is known that ${agent} goes on from`, 'leave out --write', `There are: ${known}.`)
}

/** One of those here, or one that people start by hand; a word that was mistyped makes no fork. */
function mustBeKnown(context: Context, agent: string, agents: readonly string[], { tail }: SessionShape): void {
  const programs = programsHere(context)
    .current()
    .list()
    .map(({ name }) => name)
  const known = [...new Set([...agents, ...transcriptWriters.map((each) => each.agent), ...programs])]
  if (known.includes(agent)) return
  const near = nearest(agent, known)
  throw new Refusal(exits.notFound, 'not_found', {
    what: `there is no agent ${oneLine(agent)}`,
    why: `There are: ${known.map(oneLine).join(', ')}.`,
    next: near === undefined ? `${context.me} agent list --all` : `${context.me} continue ${tail} --with ${near}`,
  })
}

async function askedIn(context: Context, { args }: Call): Promise<string> {
  return args[1] === '-' ? (await readAll(context.host)).trim() : (args[1] ?? '').trim()
}

/** The preamble alone, as what the person says first: the whole history is what `export` writes. */
async function write(context: Context, written: Written, writer: TranscriptWriter, to: string) {
  const { fork, session, seq, preamble } = written
  const cwd = fork.metadata?.cwd ?? session.metadata?.cwd
  const at = Date.parse(fork.created_at)
  const message: HistoryMessage = { role: 'user', content: preamble.text, seq, at }
  const told = {
    session: fork.session_id,
    seq,
    title: titleOf(fork),
    cwd: typeof cwd === 'string' ? cwd : context.host.cwd,
    startedAt: at,
    ...(fork.branch === null ? undefined : { branch: fork.branch }),
    ...(fork.repository === null ? undefined : { repository: fork.repository }),
    messages: (async function* () {
      yield message
    })(),
  }
  await save(context, writer.write(told), to)
  return writer.resuming(told)
}

function objectOf({ fork, seq, preamble }: Written) {
  return { session: fork, preamble: { seq, tokens: preamble.tokens, text: preamble.text } }
}

function lineOf({ fork, session, at, agent, preamble }: Written): string {
  return `${fork.tail}  fork of ${session.tail} at #${at} · ${oneLine(agent)} · preamble of about ${count(preamble.tokens)} tokens`
}

function tell(
  context: Context,
  written: Written,
  resuming: ReturnType<TranscriptWriter['resuming']> | undefined,
  to: string | undefined,
): void {
  const { output, me } = context
  const { fork, seq, agent } = written
  if (output.json) {
    output.object({ ...objectOf(written), file: to ?? null, resuming: resuming ?? null })
    return
  }
  output.line(lineOf(written))
  output.hint(`read it  ${me} show ${fork.tail}@${seq}`)
  const usable = transcriptWriters.some((writer) => writer.agent === agent)
  if (resuming !== undefined) for (const line of resumingLines(resuming, to)) output.hint(line)
  else if (usable)
    output.hint(
      `next     ${me} export ${fork.tail} --format ${agent} --to FILE   all of it, in the form that ${agent} goes on from`,
    )
  else output.hint(`next     give ${agent} the text of that entry as its first prompt`)
}
