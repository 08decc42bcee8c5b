// One lane of writes: gathers what was asked for while the previous commit ran, and commits it together.

/** In place of a result: this one operation failed, its neighbours did not. */
export class LaneFailure {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

export interface LaneOptions<Op, Result> {
  /** Writes one group as a whole and answers in order. What it throws fails the whole group. */
  commit(group: readonly Op[]): readonly (Result | LaneFailure)[] | Promise<readonly (Result | LaneFailure)[]>
  /** How much of a commit's room an operation takes. */
  entries(op: Op): number
  bytes(op: Op): number
  readonly maxEntries: number
  readonly maxBytes: number
  /** Commits that may run at once, each begun behind the one before; default 1. */
  readonly depth?: number
  /** Called with every group that was committed, after its callers were answered. */
  committed?(group: readonly Op[], results: readonly (Result | LaneFailure)[]): void
}

/** One call: its operations may share a commit with others, and are spread over several only when they are too many. */
interface Call<Op, Result> {
  readonly ops: readonly Op[]
  readonly results: Result[]
  answered: number
  next: number
  failed: boolean
  readonly resolve: (results: readonly Result[]) => void
  readonly reject: (error: unknown) => void
}

interface Part<Op, Result> {
  readonly call: Call<Op, Result>
  readonly from: number
  readonly count: number
}

export class Lane<Op, Result> {
  readonly #options: LaneOptions<Op, Result>
  #urgent: Call<Op, Result>[] = []
  #waiting: Call<Op, Result>[] = []
  #running = 0
  #scheduled = false
  #idle: (() => void)[] = []

  constructor(options: LaneOptions<Op, Result>) {
    this.#options = options
  }

  /**
   * Answers in order once all are committed. `urgent` goes into the next commit, ahead of what waits.
   * When it rejects, the operations of this call that shared a commit with the failed one were not written either;
   * others of a call too large for one commit may have been.
   */
  push(ops: readonly Op[], urgent = false): Promise<readonly Result[]> {
    if (ops.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const call: Call<Op, Result> = { ops, results: [], answered: 0, next: 0, failed: false, resolve, reject }
      if (urgent) this.#urgent.push(call)
      else this.#waiting.push(call)
      this.#start()
    })
  }

  /** Resolves when nothing waits and nothing is being committed. */
  drained(): Promise<void> {
    if (!this.#scheduled && this.#running === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #start(): void {
    if (this.#scheduled || this.#running >= (this.#options.depth ?? 1)) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    if (this.#urgent.length === 0 && this.#waiting.length === 0) {
      this.#rest()
      return
    }
    this.#running += 1
    const group: Op[] = []
    const parts = this.#gather(group)
    let answer: ReturnType<LaneOptions<Op, Result>['commit']>
    try {
      answer = this.#options.commit(group)
    } catch (error) {
      this.#fail(parts, error)
      return
    }
    if (!(answer instanceof Promise)) {
      this.#settle(parts, group, answer)
      return
    }
    answer.then(
      (results) => this.#settle(parts, group, results),
      (error: unknown) => this.#fail(parts, error),
    )
    if (this.#urgent.length > 0 || this.#waiting.length > 0) this.#start()
  }

  /** Fills one commit in order; an operation that alone is too large travels alone. */
  #gather(group: Op[]): Part<Op, Result>[] {
    const parts: Part<Op, Result>[] = []
    const room = { entries: this.#options.maxEntries, bytes: this.#options.maxBytes }
    for (const queue of [this.#urgent, this.#waiting]) {
      let taken = 0
      for (const call of queue) {
        const from = call.next
        const count = this.#take(call, group, room)
        if (count > 0) parts.push({ call, from, count })
        if (call.next < call.ops.length) break
        taken += 1
      }
      queue.splice(0, taken)
      if (queue.length > 0) break
    }
    return parts
  }

  #take(call: Call<Op, Result>, group: Op[], room: { entries: number; bytes: number }): number {
    let count = 0
    for (; call.next < call.ops.length; call.next += 1) {
      const op = call.ops[call.next] as Op
      const entries = this.#options.entries(op)
      const bytes = this.#options.bytes(op)
      const fits = entries <= room.entries && bytes <= room.bytes
      if (!fits && group.length > 0) break
      group.push(op)
      count += 1
      room.entries -= entries
      room.bytes -= bytes
    }
    return count
  }

  #settle(parts: readonly Part<Op, Result>[], group: readonly Op[], results: readonly (Result | LaneFailure)[]): void {
    let at = 0
    for (const { call, from, count } of parts) {
      for (let index = 0; index < count; index += 1) {
        const result = results[at + index] as Result | LaneFailure
        if (result instanceof LaneFailure) this.#reject(call, result.error)
        else call.results[from + index] = result
      }
      at += count
      call.answered += count
      if (!call.failed && call.answered === call.ops.length) call.resolve(call.results)
    }
    this.#next()
    this.#options.committed?.(group, results)
  }

  #fail(parts: readonly Part<Op, Result>[], error: unknown): void {
    for (const { call } of parts) this.#reject(call, error)
    this.#next()
  }

  /** What a failed call still has waiting is chained behind what failed, so it is not tried. */
  #reject(call: Call<Op, Result>, error: unknown): void {
    call.failed = true
    call.next = call.ops.length
    this.#urgent = this.#urgent.filter((one) => one !== call)
    this.#waiting = this.#waiting.filter((one) => one !== call)
    call.reject(error)
  }

  /** Through setImmediate, so that those just answered can join the next commit. */
  #next(): void {
    this.#running -= 1
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  #rest(): void {
    if (this.#running > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const wake of idle) wake()
  }
}
