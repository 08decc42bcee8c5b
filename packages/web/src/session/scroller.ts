// Holds the reader's place in a timeline while rows come, go and grow: a row and how far it stands from the top.

import { type Drawn, type DrawnSpan, drawnIn, firstInSight } from './drawn-rows.ts'
import { Heights, type Range, rowOfSeq, seqAt, unheld } from './model/heights.ts'
import type { LogWindow, WindowState } from './model/log-window.ts'
import { leadsUp, newSince, type ScrollState, scrolled } from './model/scroll.ts'

export interface ScrollerState {
  readonly span: DrawnSpan
  readonly following: boolean
  readonly fresh: number
  /** The newest entry that was seen, while the page is looked at. */
  readonly seen: number
  /** The first entry in sight. */
  readonly top: number
}

/** Milliseconds that a reader has to rest far from what is held before it is fetched. */
const resting = 60
/** Rows out of sight that are drawn in one frame on either side: all at once would hold up whoever scrolls. */
const mostRows = 4

export class Scroller {
  readonly #log: LogWindow
  readonly #listeners = new Set<(state: ScrollerState) => void>()
  readonly #heights = new Heights()
  #box: HTMLElement | null = null
  /** In their order, as they were drawn last. */
  #drawn: readonly Drawn[] = []
  #window: WindowState
  /** Before somebody says where to begin, nothing is followed and nothing is new. */
  #scroll: ScrollState = { following: false, leftAt: Number.MAX_SAFE_INTEGER }
  #anchor = { seq: 1, offset: 0 }
  /** Where this page put the box itself: that is nobody's scrolling. */
  #put = -1
  #before = 0
  /** Height of all that is shown, when the box was put there. */
  #whole = 0
  #height = 0
  #rest: ReturnType<typeof setTimeout> | undefined
  #frame = 0
  #state: ScrollerState = { span: { from: 0, to: -1 }, following: false, fresh: 0, seen: 0, top: 0 }

  constructor(log: LogWindow) {
    this.#log = log
    this.#window = log.state
  }

  get state(): ScrollerState {
    return this.#state
  }

  subscribe(listener: (state: ScrollerState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Pixels above and below what is drawn. */
  spaces(window: WindowState, from: number, to: number): readonly [number, number] {
    this.#heights.set(window.rows)
    const { first, last, end } = window
    const above = unheld(Math.max(0, first - 1), end) + this.#heights.top(from)
    return [above, this.#heights.whole - this.#heights.top(to) + unheld(Math.max(0, end - last), end)]
  }

  attach(box: HTMLElement): () => void {
    this.#box = box
    const left = (): void => this.#leave()
    const wheel = (event: WheelEvent): void => {
      if (event.deltaY < 0) left()
    }
    let touched = 0
    const touch = (event: TouchEvent): void => {
      touched = event.touches[0]?.clientY ?? 0
    }
    const swipe = (event: TouchEvent): void => {
      if ((event.touches[0]?.clientY ?? 0) > touched) left()
    }
    const key = (event: KeyboardEvent): void => {
      if (leadsUp(event.key, event.shiftKey)) left()
    }
    const focus = (event: FocusEvent): void => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null
      if (row && Number(row.dataset.to) < this.#window.last) left()
    }
    const select = (): void => {
      const chosen = document.getSelection()
      if (chosen && !chosen.isCollapsed && chosen.anchorNode && box.contains(chosen.anchorNode)) left()
    }
    const moved = (): void => this.#moved()
    const passive = { passive: true }
    box.addEventListener('scroll', moved, passive)
    box.addEventListener('wheel', wheel, passive)
    box.addEventListener('touchstart', touch, passive)
    box.addEventListener('touchmove', swipe, passive)
    box.addEventListener('keydown', key)
    box.addEventListener('focusin', focus)
    document.addEventListener('selectionchange', select)
    const sizes = new ResizeObserver(() => this.#resized())
    for (const each of [box, ...box.children]) sizes.observe(each)
    return () => {
      clearTimeout(this.#rest)
      cancelAnimationFrame(this.#frame)
      sizes.disconnect()
      this.#box = null
      box.removeEventListener('scroll', moved)
      box.removeEventListener('wheel', wheel)
      box.removeEventListener('touchstart', touch)
      box.removeEventListener('touchmove', swipe)
      box.removeEventListener('keydown', key)
      box.removeEventListener('focusin', focus)
      document.removeEventListener('selectionchange', select)
    }
  }

  /** To an entry, its row at a part of the height; what is not held is fetched. */
  async to(seq: number, part = 0.2): Promise<void> {
    const height = this.#box?.clientHeight ?? 600
    this.#anchor = { seq, offset: Math.round(height * part) }
    this.#scroll = scrolled(this.#scroll, { type: 'opened', atEnd: false, end: this.#window.end })
    await this.#log.show(seq, this.#window.end)
    this.#place()
  }

  async toEnd(): Promise<void> {
    this.#scroll = scrolled(this.#scroll, { type: 'to end' })
    this.#tell({})
    await this.#log.show('end', this.#window.end)
    this.#place()
  }

  /** After each drawing. */
  rendered(window: WindowState): void {
    this.#window = window
    this.#heights.set(window.rows)
    if (!this.#box) return
    this.#drawn = drawnIn(this.#box)
    this.#measure()
  }

  /** Told after each drawing too, when everything was measured. */
  #resized(): void {
    const box = this.#box
    if (box && (box.scrollHeight !== this.#whole || box.clientHeight !== this.#height)) this.#measure()
  }

  #measure(): void {
    for (const { key, row } of this.#drawn) this.#heights.measure(key, row.getBoundingClientRect().height)
    this.#place()
  }

  #leave(): void {
    const next = scrolled(this.#scroll, { type: 'reader left', end: this.#window.end })
    if (next === this.#scroll) return
    this.#scroll = next
    this.#hold()
    this.#tell({})
  }

  #moved(): void {
    const box = this.#box
    if (!box || Math.abs(box.scrollTop - this.#put) < 2) return
    const { end, last } = this.#window
    const to = { top: box.scrollTop, height: box.clientHeight, whole: box.scrollHeight }
    const changed = box.scrollHeight !== this.#whole
    this.#scroll = scrolled(this.#scroll, { type: 'moved', from: this.#before, to, end, whole: last >= end, changed })
    if (changed && this.#scroll.following) {
      this.#place()
      return
    }
    this.#before = to.top
    this.#put = -1
    this.#hold()
    this.#cover(1 / 3)
  }

  /** Takes the first row in sight as what must not move. */
  #hold(): void {
    const box = this.#box
    if (!box) return
    const seen = firstInSight(box, this.#drawn)
    if (seen) {
      this.#anchor = seen
      return
    }
    const { first, end, rows } = this.#window
    const y = box.scrollTop - unheld(Math.max(0, first - 1), end)
    const row = rows[this.#heights.at(y)]
    if (y >= 0 && y < this.#heights.whole && row) {
      this.#anchor = { seq: row.from, offset: this.#heights.top(this.#heights.at(y)) - y }
      return
    }
    this.#anchor = { seq: y < 0 ? seqAt(box.scrollTop, end) : this.#beyond(y), offset: 0 }
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => void this.#log.show(this.#anchor.seq, end), resting)
  }

  #beyond(y: number): number {
    const { last, end } = this.#window
    return Math.min(end, last + seqAt(y - this.#heights.whole, end))
  }

  /** Puts the box where the reader's place, or the end, says. */
  #place(): void {
    const box = this.#box
    if (!box) return
    if (this.#scroll.following) this.#set(box.scrollHeight - box.clientHeight)
    else {
      const { seq } = this.#anchor
      const row = this.#drawn.find(({ from, to }) => from <= seq && seq <= to)?.row
      const now = row ? row.getBoundingClientRect().top - box.getBoundingClientRect().top : null
      if (now !== null && Math.abs(now - this.#anchor.offset) >= 1) this.#set(box.scrollTop + now - this.#anchor.offset)
    }
    // What became shorter is cut off by the browser, which tells it as scrolling.
    this.#put = box.scrollTop
    this.#before = this.#put
    this.#whole = box.scrollHeight
    this.#height = box.clientHeight
    this.#cover()
  }

  #set(top: number): void {
    const box = this.#box
    if (!box || Math.abs(box.scrollTop - top) < 1) return
    box.scrollTop = top
  }

  /** Sees to it that what is in sight, and as much again around it, is drawn and held; `ahead`: screens to be drawn at once. */
  #cover(ahead = 0, more = 0): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const box = this.#box
    const { rows, first, last, end, loading } = this.#window
    if (!box) return
    if (rows.length === 0) {
      // Nothing of what is shown stands in what is held: further back there may be some.
      if (loading === null && first > 1) void this.#log.before()
      return
    }
    const height = Math.max(200, box.clientHeight)
    const heights = this.#heights
    // An entry before the first row may be held and not shown.
    const at = Math.max(rowOfSeq(rows, this.#anchor.seq), this.#anchor.seq >= first ? 0 : -1)
    if (!this.#scroll.following && at < 0) return
    const top = this.#scroll.following ? heights.whole - height : heights.top(at) - this.#anchor.offset
    const sight = heights.range(top - ahead * height, top + (1 + ahead) * height)
    this.#draw(sight, heights.range(top - height, top + 2 * height), more)
    if (loading !== null) return
    if (top < 2 * height && first > 1) void this.#log.before()
    else if (top > heights.whole - 3 * height && last < end) void this.#log.after()
  }

  /** What is in sight is drawn at once, `more` rows on either side now, and the others in the frames that follow. */
  #draw(sight: Range, wanted: Range, more: number): void {
    const { rows } = this.#window
    const { span } = this.#state
    let from = Math.max(0, rowOfSeq(rows, span.from))
    let to = rowOfSeq(rows, span.to) + 1
    if (span.to < span.from || to < sight.from || from > sight.to) {
      from = sight.from
      to = sight.to
    } else {
      from = Math.max(Math.min(sight.from, Math.max(wanted.from, from - more), from), wanted.from - 2 * mostRows)
      to = Math.min(Math.max(sight.to, Math.min(wanted.to, to + more), to), wanted.to + 2 * mostRows)
    }
    if (from > wanted.from || to < wanted.to) this.#frame = requestAnimationFrame(() => this.#cover(0, mostRows))
    this.#tell({ span: { from: rows[Math.max(0, from)]?.from ?? 1, to: this.#lastOf(to) } })
  }

  /** Of a span up to the end: whatever comes there is drawn as well. */
  #lastOf(to: number): number {
    const { rows } = this.#window
    return to >= rows.length ? Number.MAX_SAFE_INTEGER : (rows[to - 1]?.to ?? 0)
  }

  #tell(changes: Partial<ScrollerState>): void {
    const { following } = this.#scroll
    const fresh = newSince(this.#scroll, this.#window.end)
    const [top, seen] = this.#sight()
    const next = { ...this.#state, ...changes, following, fresh, top, seen: Math.max(seen, this.#state.seen) }
    const names = ['following', 'fresh', 'seen', 'top'] as const
    const same = names.every((name) => next[name] === this.#state[name])
    const { span } = this.#state
    if (same && next.span.from === span.from && next.span.to === span.to) return
    this.#state = next
    for (const listener of this.#listeners) listener(next)
  }

  /** The first and the last entry in sight, as far as heights tell. */
  #sight(): readonly [number, number] {
    const { rows, last } = this.#window
    const height = this.#box?.clientHeight ?? 0
    if (rows.length === 0) return [0, 0]
    if (this.#scroll.following) return [rows[this.#heights.at(this.#heights.whole - height)]?.from ?? 0, last]
    const at = rowOfSeq(rows, this.#anchor.seq)
    if (at < 0) return [this.#anchor.seq, 0]
    const top = this.#heights.top(at) - this.#anchor.offset
    return [rows[at]?.from ?? 0, rows[this.#heights.at(top + height - 24)]?.to ?? 0]
  }
}
