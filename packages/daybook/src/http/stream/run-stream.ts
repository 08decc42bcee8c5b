// One run as a stream: its entries and those of the runs inside it, deltas between them, and at the end the run itself.

import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Delta } from '../../schema/deltas.ts'
import type { StoredEntry } from '../../schema/entries.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { Head } from '../../schema/heads.ts'
import type { Kind } from '../../schema/kinds.ts'
import type { Session } from '../../session/contract.ts'
import { dataOf } from '../../session/decode.ts'
import type { RunState } from '../../work/contract.ts'
import { DeltaFollowing } from '../../work/following.ts'
import { runStateOf } from '../../work/wire.ts'
import type { Context } from '../context.ts'
import type { Stream } from './broadcast.ts'
import { beatFrame, beginStream, deltaFrame, drained, endFrame, entryFrame } from './frames.ts'

const over: ReadonlySet<Kind> = new Set(['run.finished', 'run.cancelled', 'run.withdrawn'])
/** After these a run that waited goes on. */
const waking: ReadonlySet<Kind> = new Set([
  'run.started',
  'approval.decided',
  'approval.expired',
  'question.answered',
  'step.resolved',
  'wait.ended',
])

export interface RunStreamed {
  readonly session: Session
  readonly head: Head
  /** With the seq of its first entry. */
  readonly run: Pick<RunState, 'run' | 'seq'>
  /** What has this seq or a lower one was seen before. */
  readonly after: number
}

export class RunStream implements Stream {
  readonly #context: Context
  readonly #stop = new AbortController()
  readonly #following: DeltaFollowing
  readonly #runs = new Set<string>()
  /** Everything that was there at the beginning has been sent. */
  #live = false
  /** Pieces of what is unfinished were not sent. */
  #behind = false
  #response: ServerResponse | null = null
  #position = 0
  #waits = false

  /** Hears deltas from now on: a run that is about to be started loses none. Ends with {@link drop} or its connection. */
  constructor(context: Context, session: string) {
    this.#context = context
    const place = { tenant: context.sessions.scope.tenant, session }
    this.#following = new DeltaFollowing(context.store.bus, place, (delta) => this.#tell(delta))
  }

  drop(): void {
    this.#following.close()
    this.#stop.abort()
  }

  /** Leaving ends the stream and nothing else: the run goes on. */
  send(reply: FastifyReply, streamed: RunStreamed): null {
    const response = beginStream(reply, { etag: `"${streamed.head.seq}"` })
    this.#response = response
    this.#position = streamed.after
    this.#runs.add(streamed.run.run)
    response.once('close', () => this.drop())
    this.#context.broadcast.add(this, response)
    this.#follow(streamed).then(
      (whole) => whole && this.end('the run has ended or waits'),
      (error) => this.end(isDaybookError(error) ? error.code : 'interrupted'),
    )
    return null
  }

  beat(): void {
    const response = this.#response
    if (response && !response.writableNeedDrain) response.write(beatFrame(this.#position))
  }

  end(why: string): void {
    this.drop()
    const response = this.#response
    if (response && !response.writableEnded && !response.destroyed) response.end(endFrame(why))
  }

  /** True when everything was sent, false when the reader left or the server ends. */
  async #follow({ session, head, run, after }: RunStreamed): Promise<boolean> {
    const response = this.#response
    if (!response) return false
    // From its beginning, also when the reader was there before: only so the runs inside it are known.
    for await (const entry of session.follow(run.seq - 1, this.#stop.signal)) {
      this.#following.see(entry)
      const ended = this.#note(entry, run.run)
      if (this.#runs.has(entry.run ?? '') && entry.seq > after && !response.write(entryFrame(entry))) {
        await drained(response)
      }
      this.#position = Math.max(this.#position, entry.seq)
      if (!this.#live && entry.seq >= head.seq) {
        this.#live = true
        this.#tellSoFar()
      }
      // A wait of long ago is over when more of the run follows.
      if (ended || (this.#waits && entry.seq >= head.seq)) {
        const state = await this.#context.work.get(run.run)
        if (response.destroyed || response.writableEnded) return false
        response.write(`event: end\ndata: ${JSON.stringify(runStateOf(state))}\n\n`)
        return true
      }
    }
    return false
  }

  /** True with the end of the run. */
  #note(entry: StoredEntry, root: string): boolean {
    if (entry.kind === 'run.queued' && this.#runs.has(dataOf(entry, 'run.queued')?.parent ?? '')) {
      this.#runs.add(entry.run ?? '')
    }
    if (!this.#runs.has(entry.run ?? '')) return false
    if (waking.has(entry.kind)) this.#waits = false
    if (entry.run !== root) return false
    if (entry.kind === 'run.waiting') this.#waits = true
    return over.has(entry.kind)
  }

  /** Who is behind misses pieces, and gets the part so far in their place once the connection is free again. */
  #tell(delta: Delta): void {
    if (!this.#runs.has(delta.run_id)) return
    if (this.#behind && 'n' in delta) this.#tellSoFar()
    else if (this.#hears) this.#response?.write(deltaFrame(delta))
    else this.#behind = true
  }

  get #hears(): boolean {
    const response = this.#response
    return this.#live && response !== null && !response.writableEnded && !response.writableNeedDrain
  }

  #tellSoFar(): void {
    this.#behind = !this.#hears
    if (this.#behind) return
    for (const run of this.#runs) {
      for (const soFar of this.#following.soFar(run)) this.#response?.write(deltaFrame(soFar))
    }
  }
}
