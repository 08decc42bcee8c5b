// Who else looks at a session, from what their windows say of themselves and from how long ago that is.

export interface Presence {
  readonly actor: string
  /** One window of somebody. */
  readonly client: string
  readonly name?: string | undefined
  /** Null: it looks away. */
  readonly seq: number | null
}

export interface Watcher {
  readonly who: string
  readonly seq: number
}

interface Heard extends Presence {
  readonly at: number
}

export type Windows = ReadonlyMap<string, Heard>

/** Milliseconds after which a window that said nothing more is gone. */
export const forgotten = 30_000

export const whoIs = ({ name, actor }: Pick<Presence, 'name' | 'actor'>): string => name ?? actor

/** `now`: milliseconds since 1970. */
export function heard(windows: Windows, presence: Presence, now: number): Windows {
  const { client } = presence
  const next = new Map([...windows].filter(([other, { at }]) => other !== client && now - at < forgotten))
  if (presence.seq !== null) next.set(client, { ...presence, at: now })
  return next
}

/** Each of the others once, at the entry of whichever window spoke last; `own` is the window that asks, whose person is left out. */
export function othersIn(windows: Windows, own: string, now: number): readonly Watcher[] {
  const me = windows.get(own)
  // Before it is known who asks, nobody is known to be somebody else.
  if (!me) return []
  const others = new Map<string, Heard>()
  for (const window of windows.values()) {
    const who = whoIs(window)
    if (window.client === own || now - window.at >= forgotten || who === whoIs(me)) continue
    if ((others.get(who)?.at ?? 0) <= window.at) others.set(who, window)
  }
  return [...others].map(([who, { seq }]) => ({ who, seq: seq ?? 0 })).sort((a, b) => (a.who < b.who ? -1 : 1))
}

/** One or two letters: of the first two words, or the first of the only one. */
export function initials(who: string): string {
  const words = who.replace(/^[a-z]+:/, '').match(/[\p{L}\p{N}]+/gu) ?? ['?']
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('')
}
