// Random programs over sessions for property tests: everything a caller can do to a log, and what of it is refused.

import fc from 'fast-check'
import { isDaybookError } from '../schema/errors.ts'
import type { ScopedSessions, Session } from './contract.ts'

export type Step = readonly [
  (
    | 'open'
    | 'say'
    | 'fork'
    | 'rewind'
    | 'erase'
    | 'archive'
    | 'trash'
    | 'restore'
    | 'delete'
    | 'state'
    | 'run'
    | 'share'
    | 'file'
  ),
  session: number,
  place: number,
]

const names = [
  'open',
  'say',
  'say',
  'say',
  'fork',
  'fork',
  'rewind',
  'erase',
  'archive',
  'trash',
  'restore',
  'delete',
  'state',
  'run',
  'share',
  'file',
] as const

export const programs = (steps: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(99), fc.nat(999)), { minLength: 5, maxLength: steps })

/** Refusals that such a program may meet. */
const met = new Set(['gone', 'not_found', 'trashed', 'invalid_state', 'invalid', 'busy', 'exists', 'blob_missing'])

/** Runs a program; returns how many of its steps were done. */
export async function runProgram(sessions: ScopedSessions, program: readonly Step[]): Promise<number> {
  const known: Session[] = [await sessions.open({ name: 'first' })]
  let done = 0
  for (const step of program) {
    try {
      await runStep(sessions, known, step)
      done += 1
    } catch (error) {
      if (!isDaybookError(error) || !met.has(error.code)) throw error
    }
  }
  return done
}

async function runStep(sessions: ScopedSessions, known: Session[], [name, at, place]: Step): Promise<void> {
  const session = known[at % known.length] as Session
  if (name === 'open') {
    known.push(await sessions.open({ state: { place }, metadata: { from: name } }))
    return
  }
  const { seq } = await session.head()
  const some = 1 + (place % seq)
  const message = { role: place % 2 ? 'user' : 'assistant', content: `text ${place}`, cost: place / 7 } as const
  const usage = { total_tokens: place }
  if (name === 'fork') known.push(await session.fork({ at: some }))
  else if (name === 'rewind') await session.rewind(some)
  else if (name === 'erase') await session.erase([some])
  else if (name === 'archive') await session.archive()
  else if (name === 'trash') await session.trash()
  else if (name === 'restore') await session.restore()
  else if (name === 'delete') await session.delete()
  else if (name === 'state') await session.update({ state: { [`key${place % 5}`]: place }, name: `name ${place}` })
  else if (name === 'run') await session.addRun({ output: place, usage, ...(place % 3 ? {} : { status: 'failed' }) })
  else if (name === 'share') await session.share([`user:${place % 3}`])
  else if (name === 'file') {
    const blob = await sessions.blobs.put(new TextEncoder().encode(`bytes ${place % 4}`))
    await session.append({ kind: 'message', data: { ...message, parts: [{ type: 'file', blob }] } })
  } else {
    const entries = Array.from(
      { length: 1 + (place % 4) },
      () => ({ kind: 'message', data: { ...message, usage } }) as const,
    )
    await session.append(entries)
  }
}
