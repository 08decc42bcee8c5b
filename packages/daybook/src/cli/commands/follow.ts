// `daybook follow`: every new entry, live, of one session or of all; a lost connection is taken up where it broke.

import type { FeedItemShape } from '../../client/client.ts'
import { isDaybookError } from '../../schema/errors.ts'
import { isKind } from '../../schema/kinds.ts'
import type { EntryShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { exits, misuse, Refusal } from '../exits.ts'
import { columns } from '../format/columns.ts'
import { lineOf, speakerOf } from '../format/entry.ts'
import { agentOf, titleOf } from '../format/session.ts'
import { timeOf } from '../format/time.ts'
import { cut, pad } from '../format/width.ts'
import type { Call, Perform } from '../grammar.ts'
import { text, wholeNumber } from '../open.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const kinds = kindsOf(call)
  const after = wholeNumber(call, 'after', 0)
  const argument = call.args[0]
  if (argument === undefined && after !== undefined) {
    throw misuse(
      '--after needs a session',
      `${context.me} follow <session> --after ${after}`,
      'Numbers count within one session.',
    )
  }
  const backend = await context.backend()
  if (context.output.person) context.output.hint(`following ${argument ?? 'all sessions'}   Ctrl-C ends it`)
  if (argument === undefined) await followAll(context, backend, kinds)
  else await followOne(context, backend, argument, after, kinds)
  return undefined
}

function kindsOf(call: Call): readonly string[] | undefined {
  const kinds = text(call, 'kinds')
    ?.split(',')
    .map((kind) => kind.trim())
  const unknown = kinds?.find((kind) => !isKind(kind))
  if (unknown !== undefined) throw misuse(`there is no kind ${unknown}`, '--kinds message,note')
  return kinds
}

async function followOne(
  context: Context,
  backend: Backend,
  argument: string,
  after: number | undefined,
  kinds: readonly string[] | undefined,
): Promise<void> {
  const { session, seq } = await pick(context, argument)
  const from = after ?? (seq === undefined ? beginning(context, session) : seq - 1)
  const options = { ...watching(context), ...(kinds === undefined ? {} : { kind: kinds }) }
  let left = context.limit ?? Number.POSITIVE_INFINITY
  const entries = backend.session(session.session_id).follow(from, options)
  for await (const entry of reaching(entries, context, session.tail)) {
    if (context.since !== undefined && Date.parse(entry.at) < context.since) continue
    await print(context, entry, context.output.json ? entry : null, '')
    left -= 1
    if (left <= 0) return
  }
}

/** Says what to type when the session ends before the number that was asked for, or that was read before the server came back. */
async function* reaching<T>(entries: AsyncIterable<T>, context: Context, tail: string): AsyncGenerator<T> {
  try {
    yield* entries
  } catch (error) {
    if (!isDaybookError(error) || error.code !== 'invalid' || error.field !== 'after') throw error
    throw new Refusal(exits.usage, error.code, {
      what: error.message,
      why: 'The store may have been restored from an older backup.',
      next: `${context.me} follow ${tail} --after ${error.seq ?? 0}`,
    })
  }
}

/** From now on; with --since from the beginning, of which what is older is passed over. */
function beginning(context: Context, session: SessionShape): number {
  return context.since === undefined ? session.seq : 0
}

async function followAll(context: Context, backend: Backend, kinds: readonly string[] | undefined): Promise<void> {
  const known = new Map<string, SessionShape>()
  let left = context.limit ?? Number.POSITIVE_INFINITY
  for await (const item of backend.followFeed(null, watching(context))) {
    if (kinds !== undefined && !kinds.includes(item.entry.kind)) continue
    const name = context.output.json ? '' : nameOf(await sessionFor(backend, known, item))
    await print(context, item.entry, context.output.json ? item : null, name)
    left -= 1
    if (left <= 0) return
  }
}

async function sessionFor(
  backend: Backend,
  known: Map<string, SessionShape>,
  item: FeedItemShape,
): Promise<SessionShape | undefined> {
  const session = item.session ?? known.get(item.session_id)
  if (session === undefined) return undefined
  if (!known.has(item.session_id)) {
    // The feed gives the common end of the id; what is printed here must be what can be typed.
    const { sessions } = await backend.list({ tail: session.tail, limit: 2 })
    const exact = sessions.find(({ session_id }) => session_id === item.session_id)
    known.set(item.session_id, exact ?? session)
  }
  return known.get(item.session_id)
}

function nameOf(session: SessionShape | undefined): string {
  if (session === undefined) return ''
  return columns([[session.tail, cut(agentOf(session), 12), pad(cut(titleOf(session), 24), 24)]]).join('')
}

function watching(context: Context) {
  const { output, host } = context
  let lost = 0
  return {
    signal: host.signal,
    onLost() {
      lost = host.now()
      output.hint(`-- connection lost ${timeOf(lost, true)} --`)
    },
    onBack() {
      output.hint(`-- again at ${timeOf(host.now(), true)}, nothing missed --`)
    },
  }
}

async function print(context: Context, entry: EntryShape, json: unknown, name: string): Promise<void> {
  const { output } = context
  if (json !== null) return output.stream(`${JSON.stringify(json)}\n`)
  const left = [timeOf(Date.parse(entry.at), true), ...(name === '' ? [] : [name])].join('  ')
  const line = `${left}  ${pad(`#${entry.seq}`, 5)}  ${pad(speakerOf(entry), 9)}  ${lineOf(entry)}`
  return output.stream(`${output.width === undefined ? line : cut(line, output.width)}\n`)
}
