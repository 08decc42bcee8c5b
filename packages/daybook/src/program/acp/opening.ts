// How an agent is made ready for a prompt: its session is begun or taken up again, and what it does for others is over.

import type { PromptEvent } from '../contract.ts'
import { fieldsOf, textOf } from '../formats/fields.ts'
import type { Listening } from './listening.ts'
import { type Answer, codes } from './rpc.ts'
import { isTakingUp, type Talk } from './talk.ts'

/** The version of the protocol that is spoken here. */
const protocolVersion = 1
/** Milliseconds without a word, after which nothing of the past is told again any more. */
const quietMs = 500
const sessionMethods = ['session/new', 'session/load', 'session/resume'] as const
/** What the log keeps as a token. */
const tokenForm = /^[A-Za-z0-9_.:-]{1,256}$/

export interface Opened {
  /** Of the agent. */
  readonly session: string
  readonly takesImages: boolean
  /** By which it went on from a token; null: it began. */
  readonly by: string | null
  /** The offset of its output behind all that. */
  readonly at: number
}

/** Null where there is no session, and all that is to be told was. */
export async function* opened(talk: Talk, printed: number): AsyncGenerator<PromptEvent, Opened | null> {
  await using listening = talk.listen(0)
  const { token } = talk.prompt
  const answers = yield* known(talk, listening, printed)
  if (answers === null) return null
  const start = answers.get('initialize') ?? (yield* talk.asked(listening, 'initialize', introduction))
  if (start === null) return null
  const able = abilitiesOf(start)
  const unfit = start.error
    ? talk.wordsOf(start.error)
    : able.version === protocolVersion
      ? null
      : `it speaks version ${able.version} of the protocol`
  if (unfit !== null) return yield* none(talk, listening, unfit)
  const asked = sessionMethods.find((method) => answers.has(method))
  const method = asked ?? (token === null ? 'session/new' : able.takesUp)
  if (method === null)
    return yield* none(talk, listening, `${talk.program.name} takes no session of its own up again`, true)
  const answer = answers.get(method) ?? (yield* talk.asked(listening, method, sessionParams(talk, method)))
  if (answer === null) return null
  if (answer.error)
    return yield* none(
      talk,
      listening,
      talk.wordsOf(answer.error),
      isTakingUp(method) && answer.error.code !== codes.authRequired,
    )
  const session = isTakingUp(method) ? token : textOf(answer.result.sessionId)
  if (!session || !tokenForm.test(session))
    return yield* none(talk, listening, 'its session has no id that can be kept')
  return { session, takesImages: able.takesImages, by: isTakingUp(method) ? method : null, at: listening.at }
}

const introduction = {
  protocolVersion,
  // It works by itself in its folder: files and terminals of ours would only be in between.
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: 'daybook', title: 'Daybook', version: '0.1.0' },
}

function sessionParams({ prompt }: Talk, method: string): object {
  const params = { cwd: prompt.workdir, mcpServers: [] }
  return isTakingUp(method) ? { ...params, sessionId: prompt.token } : params
}

/** What was answered to whoever had the process before, up to its session; null where it has ended. */
async function* known(
  talk: Talk,
  listening: Listening,
  printed: number,
): AsyncGenerator<PromptEvent, ReadonlyMap<unknown, Answer> | null> {
  const answers = new Map<unknown, Answer>()
  while (!isPast(listening, printed) && !sessionMethods.some((method) => answers.has(method))) {
    const heard = yield* talk.heard(listening)
    if (heard.type === 'said') {
      if (heard.said.type === 'answer') answers.set(heard.said.id, heard.said)
    } else if (heard.type !== 'silent') {
      yield* talk.lost(listening, heard)
      return null
    }
  }
  return answers
}

function isPast(listening: Listening, printed: number): boolean {
  return listening.seen.out >= printed && !listening.isBehind
}

function abilitiesOf({ result }: Answer) {
  const able = fieldsOf(result.agentCapabilities)
  const resumes = Object.hasOwn(fieldsOf(able.sessionCapabilities), 'resume')
  return {
    version: result.protocolVersion,
    takesImages: fieldsOf(able.promptCapabilities).image === true,
    takesUp: resumes ? 'session/resume' : able.loadSession === true ? 'session/load' : null,
  } as const
}

async function* none(
  talk: Talk,
  listening: Listening,
  error: string,
  isRefused = false,
): AsyncGenerator<PromptEvent, null> {
  yield* talk.giveUp(listening, { error, ...(isRefused ? { refused: 'token' } : {}) })
  return null
}

/**
 * Where it takes the prompt: what it says from this offset on belongs to it. Null where it has ended, and all that is to be
 * told was.
 */
export async function* settled(
  talk: Talk,
  { session, by, at }: Opened,
  printed: number,
): AsyncGenerator<PromptEvent, number | null> {
  const { before } = talk.prompt
  if (before) return yield* stopped(talk, session, { ...before, printed })
  const tellsLate = by === 'session/load' && talk.program.acp?.replays_history === 'late'
  if (!tellsLate) return at
  await using listening = talk.listen(at)
  for (;;) {
    const heard = yield* talk.heard(listening, quietMs)
    if (heard.type === 'silent') return listening.at
    if (heard.type === 'said') continue
    yield* talk.lost(listening, heard)
    return null
  }
}

/** A prompt before, of which nobody knows whether it was ever sent, and whether it is over. */
async function* stopped(
  talk: Talk,
  session: string,
  { key, offset, printed }: { readonly key: string; readonly offset: number; readonly printed: number },
): AsyncGenerator<PromptEvent, number | null> {
  await using listening = talk.listen(offset)
  let [isOver, isCancelled] = [false, false]
  let until = Number.POSITIVE_INFINITY
  for (;;) {
    if (isPast(listening, printed) && isOver) return listening.at
    if (isPast(listening, printed) && !isCancelled) {
      isCancelled = true
      // One that was never sent has no answer.
      until = performance.now() + talk.patience.cancelMs
      await talk.cancel(`${key} cancel`, session)
    }
    const heard = yield* talk.heard(listening, isCancelled ? Math.max(until - performance.now(), 0) : undefined)
    if (heard.type === 'silent') return listening.at
    if (heard.type === 'said') {
      const { said } = heard
      if (said.type === 'answer' && said.id === `${key} prompt`) isOver = true
      // Asked in a turn that nobody waits for; what was answered already is not answered again, and what comes behind it is another's.
      if (said.type === 'request' && !isOver) await talk.letGo(said)
    } else {
      yield* talk.lost(listening, heard)
      return null
    }
  }
}
