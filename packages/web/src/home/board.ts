// The bands over all sessions: who needs me, what runs, what is kept at hand; read once, then kept by the feed.

import type { SessionShape } from 'daybook/client'

export interface Bands {
  /** Oldest request first. */
  readonly needs: readonly SessionShape[]
  /** Under way, waiting or queued; newest activity first. */
  readonly running: readonly SessionShape[]
  /** In the order in which they were pinned. */
  readonly pinned: readonly SessionShape[]
}

export const noBands: Bands = { needs: [], running: [], pinned: [] }

const isOpen = ({ place }: SessionShape): boolean => place === 'open'
export const needsSomebody = (session: SessionShape): boolean => isOpen(session) && session.attention !== undefined
const works: ReadonlySet<SessionShape['status']> = new Set(['running', 'waiting', 'queued'])
export const isRunning = (session: SessionShape): boolean =>
  isOpen(session) && session.attention === undefined && works.has(session.status)

function since(session: SessionShape): number {
  return Date.parse(session.attention?.since ?? session.last_activity)
}

/** The newer of two readings of one session: an answer that was asked for earlier may come later than the feed. */
function newer(a: SessionShape | undefined, b: SessionShape): SessionShape {
  return a && a.seq > b.seq ? a : b
}

function once(sessions: readonly SessionShape[]): SessionShape[] {
  const found = new Map<string, SessionShape>()
  for (const one of sessions) found.set(one.session_id, newer(found.get(one.session_id), one))
  return [...found.values()]
}

/** From what lists gave; `known` are heads that the feed told meanwhile. */
export function bandsOf(
  lists: {
    readonly needs: readonly SessionShape[]
    readonly running: readonly SessionShape[]
    readonly pinned: readonly SessionShape[]
  },
  known: readonly SessionShape[] = [],
): Bands {
  const all = once([...lists.needs, ...lists.running, ...lists.pinned, ...known])
  const byId = new Map(all.map((one) => [one.session_id, one]))
  return {
    needs: all.filter(needsSomebody).sort((a, b) => since(a) - since(b)),
    running: all.filter(isRunning).sort((a, b) => Date.parse(b.last_activity) - Date.parse(a.last_activity)),
    pinned: lists.pinned.map((one) => byId.get(one.session_id) ?? one),
  }
}

/** Order in a band stays while a session is in it: rows that jump cannot be read. */
function changed(
  band: readonly SessionShape[],
  session: SessionShape,
  belongs: boolean,
  order: (a: SessionShape, b: SessionShape) => number,
): readonly SessionShape[] {
  const at = band.findIndex((one) => one.session_id === session.session_id)
  const before = band[at]
  if (before && before.seq > session.seq) return band
  if (!belongs) return at < 0 ? band : band.toSpliced(at, 1)
  if (before) return band.with(at, { ...session, tail: before.tail })
  return [...band, session].sort(order)
}

/** After a head changed. */
export function withHead(bands: Bands, session: SessionShape): Bands {
  return {
    needs: changed(bands.needs, session, needsSomebody(session), (a, b) => since(a) - since(b)),
    running: changed(
      bands.running,
      session,
      isRunning(session),
      (a, b) => Date.parse(b.last_activity) - Date.parse(a.last_activity),
    ),
    pinned: changed(
      bands.pinned,
      session,
      bands.pinned.some((one) => one.session_id === session.session_id),
      () => 0,
    ),
  }
}

/** At once, before the server says so: at the end of those pinned earlier, or gone. */
export function withPin(bands: Bands, session: SessionShape, pinned: boolean): Bands {
  const others = bands.pinned.filter((one) => one.session_id !== session.session_id)
  return { ...bands, pinned: pinned ? [...others, session] : others }
}
