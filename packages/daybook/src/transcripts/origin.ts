// Transcripts that daybook wrote itself: the records that stand in them already.

import { ReadableStream } from 'node:stream/web'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Seq } from '../schema/ids.ts'
import type { ScopedSessions, Session } from '../session/contract.ts'
import type { HistoryMessage } from '../session/views/contract.ts'
import type { Origin, Transcript } from './contract.ts'
import { fieldsOf, listOf, parsedOf } from './fields.ts'
import type { Told } from './writing/contract.ts'
import { toldOf } from './writing/told.ts'

const page = 500

/**
 * The records that a transcript was written with, as far as its session is here; none of what its agent added since.
 *
 * @throws DaybookError `gone` when something of them was erased here: what it was could not be told from what is new.
 */
export async function* writtenRecords(
  sessions: ScopedSessions,
  { agent, origin }: Pick<Transcript, 'agent' | 'origin'>,
): AsyncGenerator<string> {
  if (origin === undefined) return
  // Only these few need the writers.
  const { transcriptWriters } = await import('./writing/writers.ts')
  const writer = transcriptWriters.find((each) => each.agent === agent)
  const forms = writer === undefined ? [] : await formsOf(sessions, origin)
  if (forms.length > 0 && (await hasErased(sessions.session(origin.session), origin.seq)))
    throw new DaybookError('gone', `something of ${origin.session} was erased here`)
  for (const told of forms) {
    const text = (await Array.fromAsync(writer?.write(told) ?? [])).join('')
    yield* recordsIn(text)
  }
}

/** All of the session as it stood there, and the preamble alone where it ended with one: either has the same id. */
async function formsOf(sessions: ScopedSessions, origin: Origin): Promise<readonly Told[]> {
  const session = sessions.session(origin.session)
  try {
    const { cwd = '', branch, seq } = origin
    const { branch: _, ...told } = await toldOf(session, cwd, seq)
    const whole = { ...told, cwd, ...(branch === undefined ? undefined : { branch }) }
    const [last] = await session.read({ after: seq - 1, limit: 1 })
    if (last?.kind !== 'message' || last.data?.metadata?.preamble === undefined) return [whole]
    const { createdAt } = await session.head()
    const message: HistoryMessage = { role: 'user', content: last.data.content, seq, at: createdAt }
    return [whole, { ...whole, startedAt: createdAt, messages: ReadableStream.from([message]) }]
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return []
    throw error
  }
}

async function hasErased(session: Session, until: Seq): Promise<boolean> {
  for (let after = 0; ; ) {
    const entries = await session.read({ kinds: ['message'], after, until, limit: page })
    if (entries.some(({ data }) => data === null)) return true
    if (entries.length < page) return false
    after = entries.at(-1)?.seq ?? until
  }
}

/** Lines, or the records of a document. */
function recordsIn(text: string): readonly string[] {
  const { info, messages } = fieldsOf(text.startsWith('{"info"') ? parsedOf(text) : undefined)
  if (info === undefined) return text.split('\n').filter((line) => line !== '')
  const all = listOf(messages).map(fieldsOf)
  return [info, ...all.flatMap((one) => [one.info, ...listOf(one.parts)])].map((record) => JSON.stringify(record))
}
