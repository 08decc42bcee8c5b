// Random programs over sessions for property tests: everything a caller can do to a log, and what of it is refused.

import fc from 'fast-check'
import { isDaybookError } from '../schema/errors.ts'
import type { Ref } from '../store/store.ts'
import type { ScopedSessions, Session } from './contract.ts'

interface Turn {
  readonly sessions: ScopedSessions
  readonly known: Session[]
  readonly session: Session
  /** Any number, from which a step takes what it needs. */
  readonly place: number
  /** A seq of the session. */
  readonly some: number
}

const message = (place: number) =>
  ({ role: place % 2 ? 'user' : 'assistant', content: `text ${place}`, cost: place / 7 }) as const

const said = (place: number) =>
  ({ kind: 'message', data: { ...message(place), usage: { total_tokens: place } } }) as const

const refPool: readonly Ref[] = ['run', 'branch', 'foreign.chat'].flatMap((type) =>
  ['0', '1', '2', '3'].map((value) => ({ type, value })),
)
const refsOf = (place: number): readonly Ref[] => refPool.slice(place % refPool.length, (place % refPool.length) + 1)

const steps = {
  open: async ({ sessions, known, place }) => {
    known.push(await sessions.open({ state: { place }, metadata: { from: 'open' } }))
  },
  openAgain: async ({ sessions, known, session }) => {
    known.push(await sessions.open({ id: session.id, name: 'again' }))
  },
  openNamed: async ({ sessions, known, place }) => {
    known.push(await sessions.open({ refs: refsOf(place), branch: `b${place % 3}` }, { key: `open ${place % 5}` }))
  },
  say: ({ session, place }) => session.append(Array.from({ length: 1 + (place % 4) }, () => said(place))),
  sayKeyed: ({ session, place }) => session.append(said(place % 5), { key: `key ${place % 3}` }),
  sayNamed: ({ session, place }) => session.append(said(place), { refs: refsOf(place) }),
  fork: async ({ session, known, some }) => {
    known.push(await session.fork({ at: some }))
  },
  forkEnd: async ({ session, known, place }) => {
    known.push(await session.fork({ name: `fork ${place}` }))
  },
  rewind: ({ session, some }) => session.rewind(some),
  erase: ({ session, some }) => session.erase([some]),
  archive: ({ session }) => session.archive(),
  trash: ({ session }) => session.trash(),
  restore: ({ session }) => session.restore(),
  delete: ({ session }) => session.delete(),
  state: ({ session, place }) => session.update({ state: { [`key${place % 5}`]: place }, name: `name ${place}` }),
  note: ({ session, place }) => session.note(`note ${place}`),
  pin: ({ session, place }) => session.pin(`src/${place % 3}.ts`, place % 2 === 0),
  handoff: ({ session, place }) => session.handoff(`agent ${place % 3}`),
  summarise: ({ session, place }) => session.summarise(place % 2 ? `summary ${place}` : undefined),
  run: ({ session, place }) => {
    const usage = { total_tokens: place }
    return session.addRun({ output: place, usage, ...(place % 3 ? {} : { status: 'failed' }) })
  },
  share: ({ session, place }) => session.share([`user:${place % 3}`]),
  mark: async ({ session, some, place }) => {
    const { version } = await session.mark()
    await session.setMark({ version, seen: some, ...(place % 2 ? { draft: `draft ${place}` } : { pinned: place }) })
  },
  userState: ({ sessions, place }) => sessions.setState('user', { [`key${place % 3}`]: place }),
  file: async ({ sessions, session, place }) => {
    const blob = await sessions.blobs.put(new TextEncoder().encode(`bytes ${place % 4}`))
    await session.append({ kind: 'message', data: { ...message(place), parts: [{ type: 'file', blob }] } })
  },
} satisfies Readonly<Record<string, (turn: Turn) => Promise<unknown>>>

type Name = keyof typeof steps
export type Step = readonly [name: Name, session: number, place: number]

/** What makes a log long, and other logs of it, more often than the rest. */
const names: readonly Name[] = [...(Object.keys(steps) as Name[]), 'say', 'say', 'say', 'fork', 'fork', 'erase']

export const programs = (steps: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(99), fc.nat(999)), {
    minLength: 5,
    maxLength: steps,
    size: 'max',
  })

/** Refusals that such a program may meet. */
const met = new Set([
  ...['gone', 'not_found', 'trashed', 'invalid_state', 'invalid', 'busy', 'exists', 'blob_missing'],
  ...['key_reused', 'ref_taken'],
])

/** Runs a program over a new session and all that are there; returns how many of its steps were done. */
export async function runProgram(sessions: ScopedSessions, program: readonly Step[]): Promise<number> {
  const known: Session[] = [await sessions.open({ name: 'first' })]
  for (const place of ['open', 'archived', 'trash'] as const) {
    const { items } = await sessions.list({ place, limit: 1000 })
    known.push(...items.map((head) => sessions.session(head.session)))
  }
  let done = 0
  for (const [name, at, place] of program) {
    const session = known[at % known.length] as Session
    try {
      const { seq } = name === 'open' ? { seq: 1 } : await session.head()
      await steps[name]({ sessions, known, session, place, some: 1 + (place % seq) })
      done += 1
    } catch (error) {
      if (!isDaybookError(error) || !met.has(error.code)) throw error
    }
  }
  return done
}
