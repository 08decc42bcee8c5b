// Whether what is shown is what is: one total table of states and of what may happen in them, without clock or network.

import type { ErrorCode } from '../schema/errors.ts'

/** Everything but `live` is said to the reader, in words. */
export type Connection =
  | { readonly state: 'live' }
  /** Reading what came meanwhile; `count` entries of it so far. Also the beginning. */
  | { readonly state: 'catching_up'; readonly count: number }
  /** As catching up, from a server that is another than before. */
  | { readonly state: 'restarted'; readonly count: number }
  /** `since`: milliseconds since 1970 of the last fact; 0 for none. */
  | { readonly state: 'reconnecting'; readonly since: number }
  /** The device has no network. */
  | { readonly state: 'offline'; readonly since: number }
  | { readonly state: 'no_access'; readonly code: ErrorCode }
  /** Of one session: it is gone for good. */
  | { readonly state: 'deleted' }

export type ConnectionState = Connection['state']

export type ConnectionEvent =
  /** A stream began; `server` names the process that tells it. */
  | { readonly type: 'hello'; readonly server: string }
  | { readonly type: 'item' }
  | { readonly type: 'beat' }
  /** All that was there has been told. */
  | { readonly type: 'live' }
  /** The stream broke, or nothing was heard for too long. */
  | { readonly type: 'lost' }
  | { readonly type: 'offline' }
  | { readonly type: 'online' }
  /** Waiting does not help. */
  | { readonly type: 'refused'; readonly code: ErrorCode }
  | { readonly type: 'deleted' }

/** The connection with what has to be remembered to judge what happens next. */
export interface Link {
  readonly shown: Connection
  readonly server: string | null
  /** Milliseconds since 1970 of the last fact; 0 for none. */
  readonly since: number
}

export const firstLink: Link = Object.freeze({
  shown: Object.freeze({ state: 'catching_up', count: 0 } as const),
  server: null,
  since: 0,
})

/** `at`: milliseconds since 1970. The same link where nothing changes. */
export function linkAfter(link: Link, event: ConnectionEvent, at: number): Link {
  if (link.shown.state === 'deleted') return link
  const fact = event.type === 'hello' || event.type === 'item' || event.type === 'live' || event.type === 'beat'
  const since = fact ? at : link.since
  const server = event.type === 'hello' ? event.server : link.server
  const shown = shownAfter(link, event)
  return shown === link.shown && since === link.since && server === link.server ? link : { shown, server, since }
}

function shownAfter({ shown, server, since }: Link, event: ConnectionEvent): Connection {
  switch (event.type) {
    case 'hello':
      if (server !== null && event.server !== server) return { state: 'restarted', count: 0 }
      return shown.state === 'live' || shown.state === 'restarted' ? shown : { state: 'catching_up', count: 0 }
    case 'item':
      if (shown.state === 'live') return shown
      if (shown.state === 'restarted' || shown.state === 'catching_up') return { ...shown, count: shown.count + 1 }
      return { state: 'catching_up', count: 1 }
    case 'live':
      return shown.state === 'live' ? shown : { state: 'live' }
    case 'beat':
      return shown
    case 'lost':
      return isAway(shown) ? shown : { state: 'reconnecting', since }
    case 'offline':
      return shown.state === 'offline' ? shown : { state: 'offline', since }
    case 'online':
      return shown.state === 'offline' ? { state: 'reconnecting', since } : shown
    case 'refused':
      return { state: 'no_access', code: event.code }
    case 'deleted':
      return { state: 'deleted' }
    default:
      return event satisfies never
  }
}

/** What a lost stream makes no worse. */
function isAway({ state }: Connection): boolean {
  return state === 'reconnecting' || state === 'offline' || state === 'no_access'
}
