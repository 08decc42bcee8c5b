// The part of a long list that is held: pages by their keys, at most so many, and changes that wait until the reader is at the top.

import type { SessionListShape, SessionShape } from 'daybook/client'

interface Page {
  /** Where it begins; undefined: at the top. */
  readonly from: string | undefined
  readonly sessions: readonly SessionShape[]
  /** Where the next one begins; null at the end of the list. */
  readonly next: string | null
}

export const pageSize = 50
/** Pages that are held: 500 heads, however many sessions there are. */
export const mostPages = 10

/** What is shown of a list; a value that changes as a whole. */
export interface HeadWindow {
  readonly pages: readonly Page[]
  /** Where the pages above begin that were let go, the nearest last. */
  readonly above: readonly (string | undefined)[]
  /** Changed or new since they were drawn, newest first: shown when the reader wants them. */
  readonly newer: readonly SessionShape[]
  readonly total: number
  readonly totalIs: SessionListShape['total_is']
}

function pageOf(from: string | undefined, { sessions, cursor }: SessionListShape): Page {
  return { from, sessions, next: cursor }
}

export function firstWindow(list: SessionListShape): HeadWindow {
  return { pages: [pageOf(undefined, list)], above: [], newer: [], total: list.total, totalIs: list.total_is }
}

/** With the number of a list that was read later: no head tells whether it is counted already. */
export function withTotal(window: HeadWindow, { total, total_is: totalIs }: SessionListShape): HeadWindow {
  return { ...window, total, totalIs }
}

/** Whether the session is among those that are held. */
export function holds({ pages, newer }: HeadWindow, id: string): boolean {
  return [newer, ...pages.map(({ sessions }) => sessions)].some((held) => held.some((one) => one.session_id === id))
}

/** Where the page below begins; null when nothing is below. */
export function below({ pages }: HeadWindow): string | null {
  return pages.at(-1)?.next ?? null
}

/** With the page below; the topmost is let go when there are too many. */
export function withBelow(window: HeadWindow, from: string, list: SessionListShape): HeadWindow {
  const pages = [...window.pages, pageOf(from, list)]
  const extra = pages.length - mostPages
  if (extra <= 0) return { ...window, pages }
  return {
    ...window,
    pages: pages.slice(extra),
    above: [...window.above, ...pages.slice(0, extra).map((page) => page.from)],
  }
}

/** With the page above once more; the lowest is let go. */
export function withAbove(window: HeadWindow, list: SessionListShape): HeadWindow {
  const from = window.above.at(-1)
  const pages = [pageOf(from, list), ...window.pages].slice(0, mostPages)
  return { ...window, pages, above: window.above.slice(0, -1) }
}

/** Every session once, at its highest place. */
export function shown({ pages }: HeadWindow): readonly SessionShape[] {
  const seen = new Set<string>()
  return pages.flatMap((page) => page.sessions).filter(({ session_id: id }) => !seen.has(id) && seen.add(id))
}

/** A head that changed: drawn anew where it stands. With new activity it also waits to stand at the top. */
export function withChanged(window: HeadWindow, session: SessionShape, fits: boolean): HeadWindow {
  const { session_id: id } = session
  const before = window.pages.flatMap((page) => page.sessions).find((one) => one.session_id === id)
  const drawn = (one: SessionShape): SessionShape => (one.session_id === id ? { ...session, tail: one.tail } : one)
  const pages = before ? window.pages.map((page) => ({ ...page, sessions: page.sessions.map(drawn) })) : window.pages
  const others = window.newer.filter((one) => one.session_id !== id)
  const waited = others.length < window.newer.length
  const moved = fits && (waited || !before || before.last_activity !== session.last_activity)
  const first = window.above.length === 0 ? window.pages[0]?.sessions[0]?.session_id : undefined
  if (!moved || first === id) return { ...window, pages, newer: others }
  return { ...window, pages, newer: [session, ...others].slice(0, pageSize) }
}

/** What waited stands at the top. Only at the top of the list: elsewhere it is read anew. */
export function withNewer(window: HeadWindow): HeadWindow {
  const [first, ...rest] = window.pages
  if (!first || window.newer.length === 0) return window
  const moved = new Set(window.newer.map(({ session_id }) => session_id))
  const stays = ({ session_id }: SessionShape): boolean => !moved.has(session_id)
  const top = { ...first, sessions: [...window.newer, ...first.sessions.filter(stays)] }
  return {
    ...window,
    newer: [],
    pages: [top, ...rest.map((page) => ({ ...page, sessions: page.sessions.filter(stays) }))],
  }
}

/** Without one that fits no more. */
export function without(window: HeadWindow, id: string): HeadWindow {
  const stays = ({ session_id }: SessionShape): boolean => session_id !== id
  return {
    ...window,
    newer: window.newer.filter(stays),
    pages: window.pages.map((page) => ({ ...page, sessions: page.sessions.filter(stays) })),
  }
}
