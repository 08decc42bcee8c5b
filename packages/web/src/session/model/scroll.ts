// Who moves the reader: nobody but the reader, except while the end is followed.

/** Pixels from the end within which a reader who comes there follows again. */
export const nearEnd = 48

export interface Geometry {
  readonly top: number
  readonly height: number
  readonly whole: number
}

export interface ScrollState {
  readonly following: boolean
  /** The newest entry when following ended: what came behind it is new. */
  readonly leftAt: number
}

export type ScrollEvent =
  /** The reader turned a wheel, swiped, pressed a key, marked text or went to something above. */
  | { readonly type: 'reader left'; readonly end: number }
  /** The place changed and it was not the page that changed it. */
  | {
      readonly type: 'moved'
      readonly from: number
      readonly to: Geometry
      readonly end: number
      readonly whole: boolean
      /** What is shown has another height than when the page last put the reader somewhere: the browser may have cut the place off. */
      readonly changed: boolean
    }
  /** `e`, the pill, a message of one's own. */
  | { readonly type: 'to end' }
  | { readonly type: 'opened'; readonly atEnd: boolean; readonly end: number }

/** `whole`: the window reaches the end of the log; the end of anything less is followed by nobody. */
export function scrolled(state: ScrollState, event: ScrollEvent): ScrollState {
  switch (event.type) {
    case 'reader left':
      return state.following ? { following: false, leftAt: event.end } : state
    case 'moved': {
      if (state.following && event.changed) return state
      const { top, height, whole } = event.to
      const near = whole - top - height <= nearEnd
      if (near && event.whole && (top > event.from || state.following)) return { ...state, following: true }
      return state.following ? { following: false, leftAt: event.end } : state
    }
    case 'to end':
      return { ...state, following: true }
    case 'opened':
      return { following: event.atEnd, leftAt: event.end }
  }
}

/** Entries that came since the reader left the end. */
export function newSince({ following, leftAt }: ScrollState, end: number): number {
  return following ? 0 : Math.max(0, end - leftAt)
}

/** Whether a key of the reader leads away from the end. */
export function leadsUp(key: string, shift: boolean): boolean {
  return key === 'PageUp' || key === 'ArrowUp' || key === 'Home' || (key === ' ' && shift)
}
