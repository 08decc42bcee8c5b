// From what a person types to one session: tail, tail@seq, name, whole id, last, another agent's id, address, or @ for this branch's.

import { isDaybookError } from '../schema/errors.ts'
import { isSessionId, tailLength, uniqueTail } from '../schema/ids.ts'
import type { SessionShape } from '../schema/wire-shapes.ts'
import type { Backend } from './backend.ts'
import { branchValue } from './branch.ts'
import { chooseOne } from './choose.ts'
import type { Context } from './context.ts'
import { exits, misuse, Refusal } from './exits.ts'
import { agentOf, titleOf } from './format/session.ts'
import { ago } from './format/time.ts'
import { distance } from './grammar.ts'

export interface Target {
  readonly session: SessionShape
  /** The entry that was typed behind the session. */
  readonly seq: number | undefined
}

export interface Typed {
  readonly text: string
  readonly seq: number | undefined
}

export interface PickOptions {
  /** Look in the trash too. */
  readonly trash?: boolean
}

/** Splits `k3f9@120`, `@`, `@120`, and addresses of sessions. */
function readTyped(argument: string): Typed {
  if (/^https?:\/\//.test(argument)) return readAddress(argument)
  const match = /^(.*)@(\d{1,15})$/s.exec(argument)
  if (match) return { text: match[1] || '@', seq: Number(match[2]) }
  return { text: argument, seq: undefined }
}

function readAddress(argument: string): Typed {
  const url = URL.canParse(argument) ? new URL(argument) : null
  const id = url?.pathname.match(/\/sessions\/([^/]+)/)?.[1]
  if (!url || id === undefined) {
    throw misuse(`${argument} is no address of a session`, 'daybook show k3f9', 'It has no /sessions/<id>.')
  }
  const seq = /^#@?(\d{1,15})$/.exec(url.hash)?.[1] ?? url.searchParams.get('around') ?? undefined
  const { text, seq: behind } = readTyped(decodeURIComponent(id))
  return { text, seq: seq === undefined ? behind : Number(seq) }
}

/** The one session that `argument` names; without an argument this branch's. */
export async function pick(context: Context, argument: string | undefined, options: PickOptions = {}): Promise<Target> {
  const { text, seq } = readTyped(argument ?? '@')
  if (seq === 0) throw misuse(`${argument} is no entry`, undefined, 'Entries are counted from 1.')
  if (text.trim() === '') throw misuse('which session?', `${context.me} show <session>`, 'An empty text names none.')
  const backend = await context.backend()
  if (text === '@') return { session: await branchSession(context, backend), seq }
  const found = await candidates(context, backend, text, options)
  const [first, second] = found
  if (first !== undefined && second === undefined) return { session: first, seq }
  if (first !== undefined) return { session: await choose(context, text, found), seq }
  throw await notFound(context, backend, text)
}

/** For `command`, which is about all of a session: an entry behind it is refused, not passed over. */
export async function pickWhole(
  context: Context,
  command: string,
  argument: string | undefined,
  options: PickOptions = {},
): Promise<SessionShape> {
  const { session, seq } = await pick(context, argument, options)
  if (seq === undefined) return session
  throw misuse(`${command} is about a whole session, not its entry ${seq}`, `${context.me} ${command} ${session.tail}`)
}

/** What is typed behind the session has to be there: `instead` is what to type, up to the session. */
export function mustHave(session: SessionShape, seq: number, instead: string, behind = ''): void {
  if (seq <= session.seq) return
  throw noEntry(session, seq, `${instead} ${session.tail}@${session.seq}${behind}`)
}

export function noEntry({ tail, seq: newest }: SessionShape, seq: number, next: string): Refusal {
  const what = `${tail} has no entry ${seq}`
  return new Refusal(exits.notFound, 'not_found', { what, why: `Its newest is ${newest}.`, next })
}

async function branchSession(context: Context, backend: Backend): Promise<SessionShape> {
  const branch = await context.branch()
  if (branch === null) {
    throw misuse(
      'which session?',
      `${context.me} show <session>`,
      'This folder is in no git repository, so there is no session of its branch.',
    )
  }
  const session = await backend.locate('branch', branchValue(branch))
  if (session !== null) return session
  throw new Refusal(exits.notFound, 'not_found', {
    what: `no session is bound to the branch ${branch.name}`,
    why: `Looked for in ${branch.repository}.`,
    next: `name a session: ${context.me} show <session>`,
  })
}

async function candidates(
  context: Context,
  backend: Backend,
  text: string,
  { trash }: PickOptions,
): Promise<readonly SessionShape[]> {
  const exact = isSessionId(text) ? await byId(backend, text) : null
  if (exact !== null && (exact.place !== 'trash' || trash)) return [exact]
  const places = [{}, { archived: true }, ...(trash ? [{ trashed: true }] : [])]
  if (isSessionId(text) && text.length >= tailLength) {
    const tails = await Promise.all(places.map((place) => backend.list({ ...place, tail: text, limit: 20 })))
    const found = tails.flatMap(({ sessions }) => sessions)
    if (found.length > 0) return found
  }
  const named = await Promise.all(places.map((place) => backend.list({ ...place, q: text, limit: 200 })))
  const same = (name: string | null): boolean => name?.toLowerCase() === text.toLowerCase()
  const found = named.flatMap(({ sessions }) => sessions).filter(({ name }) => same(name))
  if (found.length > 0) return found
  const newest = lastOf(text)
  if (newest !== null) return lastSession(backend, newest.agent)
  const located = await locateForeign(context, backend, text)
  return located.filter(({ place }) => trash || place !== 'trash')
}

/** `codex:last` and `last`; null for everything else. */
function lastOf(text: string): { readonly agent: string | undefined } | null {
  const match = /^(?:([^:\s]+):)?last$/i.exec(text)
  return match === null ? null : { agent: match[1] }
}

/** Where something happened last; the archive is for what nothing happens in. */
async function lastSession(backend: Backend, agent: string | undefined): Promise<readonly SessionShape[]> {
  for (const place of [{}, { archived: true }]) {
    const { sessions } = await backend.list({ ...place, ...(agent === undefined ? {} : { agent_id: agent }), limit: 1 })
    if (sessions.length > 0) return sessions
  }
  return []
}

async function byId(backend: Backend, id: string): Promise<SessionShape | null> {
  try {
    return await backend.session(id).get()
  } catch (error) {
    if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'invalid')) return null
    throw error
  }
}

/** Runs, and what other agents call their sessions: `codex:0199…`, or the id alone as that agent shows it. */
async function locateForeign(context: Context, backend: Backend, text: string): Promise<readonly SessionShape[]> {
  if (/\s/.test(text)) return []
  if (text.startsWith('run_')) return located(backend, [['run', text]])
  const [, agent, id] = /^([^:]+):(.+)$/s.exec(text) ?? []
  if (agent !== undefined && id !== undefined) return located(backend, [[`foreign.${agent}`, id]])
  const readers = await (await context.host.parts()).openReaders()
  return located(
    backend,
    readers.map((reader) => [`foreign.${reader.agent}`, text]),
  )
}

async function located(backend: Backend, refs: readonly (readonly [string, string])[]): Promise<SessionShape[]> {
  const found = await Promise.all(refs.map(([type, value]) => backend.locate(type, value)))
  return found.filter((session) => session !== null)
}

async function choose(context: Context, text: string, found: readonly SessionShape[]): Promise<SessionShape> {
  const now = context.host.now()
  const tails = uniqueTails(found)
  const rows = found.map((session, at) => [
    tails[at] ?? session.session_id,
    agentOf(session),
    titleOf(session),
    session.place === 'open' ? '' : session.place,
    ago(Date.parse(session.last_activity), now),
  ])
  return chooseOne(context, `${found.length} sessions fit ${text}`, found, rows)
}

/** The shortest tail of each session that tells it from the others here. */
export function uniqueTails(sessions: readonly SessionShape[]): string[] {
  const ids = sessions.map(({ session_id }) => session_id)
  return sessions.map(({ session_id, tail }) => {
    const unique = uniqueTail(session_id, ids)
    return unique.length > tail.length ? unique : tail
  })
}

async function notFound(context: Context, backend: Backend, text: string): Promise<Refusal> {
  const [thrown] = await candidates(context, backend, text, { trash: true })
  if (thrown !== undefined) {
    return new Refusal(exits.notFound, 'not_found', {
      what: `${thrown.tail} is in the trash`,
      why: `"${titleOf(thrown)}" was put there by somebody, and stays for thirty days.`,
      next: `${context.me} trash ${thrown.tail} --off`,
    })
  }
  const newest = lastOf(text)
  if (newest !== null) {
    return new Refusal(exits.notFound, 'not_found', {
      what: newest.agent === undefined ? 'there are no sessions here' : `no session of ${newest.agent} is here`,
      why: 'Nothing was written and nothing adopted that could be the last.',
      next: `${context.me} adopt --dry-run`,
    })
  }
  const at = text.lastIndexOf('@')
  const [before] = at < 1 ? [] : await candidates(context, backend, text.slice(0, at), {})
  if (before !== undefined) {
    const next = `${context.me} show ${before.tail}@${before.seq}`
    return misuse(`${text.slice(at)} is no entry of ${before.tail}`, next, 'Behind the @ stands its number, from 1 on.')
  }
  const { sessions } = await backend.list({ limit: 200 })
  const wanted = text.toLowerCase()
  const far = ({ session_id, name }: SessionShape): number => {
    const tail = session_id.slice(-Math.max(tailLength, text.length)).toLowerCase()
    return Math.min(
      distance(wanted, tail),
      name === null ? Number.POSITIVE_INFINITY : distance(wanted, name.toLowerCase()),
    )
  }
  const ranked = sessions.map((session) => ({ session, far: far(session) })).toSorted((a, b) => a.far - b.far)
  const near = ranked.filter((each) => each.far <= Math.max(2, Math.floor(text.length / 3))).slice(0, 3)
  const words = near.map(
    ({ session }) => `${session.tail} (${[agentOf(session), titleOf(session)].filter(Boolean).join(', ')})`,
  )
  const best = near[0]?.session.tail
  return new Refusal(exits.notFound, 'not_found', {
    what: /^[\w.:-]+$/.test(text) ? `no session ends in ${text}` : `no session is called ${text}`,
    why: words.length > 0 ? `Nearest: ${words.join(', ')}.` : noneLike(sessions.length),
    next: best === undefined ? context.me : `${context.me} show ${best}`,
  })
}

function noneLike(looked: number): string {
  if (looked === 0) return 'There are no sessions here yet.'
  return looked < 200 ? `None of ${looked} is like it.` : 'None of the newest 200 is like it.'
}
