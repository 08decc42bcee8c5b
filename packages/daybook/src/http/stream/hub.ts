// Follows one session once for all its followers: each new entry becomes bytes once and goes to everybody who is live.

import type { Socket } from 'node:net'
import type { Delta } from '../../schema/deltas.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { Seq } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import type { DeltaFollowing } from '../../work/following.ts'
import type { Follower } from './follower.ts'
import { beatFrame, deltaFrame, entryFrame, letGo } from './frames.ts'

export interface HubOptions {
  /** Follows the session's deltas. */
  readonly deltas: (tell: (delta: Delta) => void) => Pick<DeltaFollowing, 'see' | 'soFar' | 'close'>
  readonly onError: (error: unknown) => void
  /** Called once, when nobody is left or the session has ended. */
  readonly onEnd: () => void
}

export class Hub {
  readonly session: Session
  readonly #options: HubOptions
  readonly #followers = new Set<Follower>()
  readonly #stop = new AbortController()
  #last: Seq
  #beat: { readonly seq: Seq; readonly frame: Buffer } | undefined
  #deltas = 0
  #following: ReturnType<HubOptions['deltas']> | undefined

  /** `seq` is one that the log has reached; what comes after it is told live. */
  constructor(session: Session, seq: Seq, options: HubOptions) {
    this.session = session
    this.#last = seq
    this.#options = options
    this.#run()
  }

  /** Seq of the last entry told live; all up to it can be read. */
  get last(): Seq {
    return this.#last
  }

  join(follower: Follower): void {
    this.#followers.add(follower)
    if (follower.deltas) {
      this.#deltas += 1
      this.#following ??= this.#options.deltas((delta) => this.#tell(delta))
    }
    follower.start()
  }

  leave(follower: Follower): void {
    if (!this.#followers.delete(follower)) return
    if (follower.deltas) this.#deltas -= 1
    if (this.#deltas === 0) this.#endDeltas()
    if (this.#followers.size === 0) this.#end()
  }

  /** The heartbeat of everybody who has passed the same entry is the same bytes. */
  beatAt(seq: Seq): Buffer {
    if (this.#beat?.seq !== seq) this.#beat = { seq, frame: beatFrame(seq) }
    return this.#beat.frame
  }

  /** What is unfinished, for whoever missed some of it. */
  soFar(): readonly Buffer[] {
    return this.#following?.soFar().map(deltaFrame) ?? []
  }

  #run(): void {
    this.#pump().then(
      () => this.#endAll('the session has ended'),
      (error) => {
        if (!isDaybookError(error)) this.#options.onError(error)
        this.#endAll(isDaybookError(error) ? error.code : 'interrupted')
      },
    )
  }

  async #pump(): Promise<void> {
    for await (const entry of this.session.follow(this.#last, this.#stop.signal)) {
      this.#last = entry.seq
      this.#following?.see(entry)
      const frame = entryFrame(entry)
      const held: Socket[] = []
      for (const follower of this.#followers) follower.push(entry.seq, entry.kind, frame, held)
      letGo(held)
    }
  }

  #tell(delta: Delta): void {
    const frame = deltaFrame(delta)
    for (const follower of this.#followers) if (follower.deltas) follower.pushDelta(frame)
  }

  #endAll(why: string): void {
    this.#end()
    for (const follower of this.#followers) follower.finish(why)
  }

  #endDeltas(): void {
    this.#following?.close()
    this.#following = undefined
  }

  #end(): void {
    this.#endDeltas()
    this.#stop.abort()
    this.#options.onEnd()
  }
}
