// The processes of a state folder: started once per key, found again after a death of the host, followed, signalled, dropped.

import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { DaybookError } from '../../schema/errors.ts'
import type { HostEvent, HostProcess, Look, ProcessHost, Screen, SignalTarget, SpawnRequest } from './contract.ts'
import { findStarted, type Held, hintOf, holdAt, keepEnds, keepEndsOf, openSpools, shown } from './held.ts'
import { type Keeper, writeDown } from './keeper.ts'
import { type Named, namedOnce } from './named.ts'
import { attachPipes } from './pipes.ts'
import { alive, identityOf, marked, send, signalNamed, signalTree, statOf } from './proc.ts'
import { claim, type ProcessRecord, placeOf, places, readExit, readRecord } from './record.ts'
import { checkSize, checkSpawn } from './request.ts'

/** Milliseconds between two looks at processes whose exit nobody may tell. */
const lookEvery = 250
/** Milliseconds between asking a process to end and ending it. */
const grace = 2_000

export class Processes implements ProcessHost {
  readonly survivesRestart = false
  readonly #folder: string
  readonly #keeper: Keeper
  readonly #held = new Map<string, Held>()
  readonly #timer: NodeJS.Timeout
  /** Called when the last living process has ended. */
  onIdle: () => void = () => undefined

  /** Takes over what is in the folder, whose lock the caller holds. */
  constructor(folder: string, keeper: Keeper) {
    this.#folder = folder
    this.#keeper = keeper
    for (const place of places(folder)) {
      const record = readRecord(place)
      if (record === null)
        rmSync(place, { recursive: true }) // of a loss of power: its key is free again
      else this.#held.set(record.key, holdAt(place, record))
    }
    for (const held of this.#held.values()) keepEndsOf(held)
    this.#timer = setInterval(() => this.#look(), lookEvery).unref()
    this.#look()
  }

  get living(): number {
    return [...this.#held.values()].filter(({ exit }) => exit === null).length
  }

  async spawn(given: SpawnRequest): Promise<HostProcess> {
    const known = this.#held.get(given.key)
    if (known) return shown(known)
    const request = checkSpawn(given)
    const own = request.mode !== 'files'
    const keeper = own ? identityOf(process.pid) : await this.#keeper.identity()
    const meanwhile = this.#held.get(request.key)
    if (meanwhile) return shown(meanwhile)
    const place = placeOf(this.#folder, request.key)
    const { key, mode, keep } = request
    const fresh = { key, mode, process: null, marker: randomUUID(), startedAt: Date.now(), keeper }
    const record: ProcessRecord = keep === undefined ? fresh : { ...fresh, keep }
    if (!claim(this.#folder, record)) throw new DaybookError('busy', 'another host is starting this process')
    const held = holdAt(place, record)
    this.#held.set(key, held)
    held.starting = own ? this.#attach(held, request) : this.#start(held, request)
    try {
      await held.starting
    } catch (error) {
      this.#held.delete(key)
      await rm(place, { recursive: true, force: true })
      throw error
    } finally {
      held.starting = null
    }
    return shown(held)
  }

  async #start(held: Held, request: SpawnRequest): Promise<void> {
    const identity = await this.#keeper.start(held.place, request, () => this.#lookAt(held))
    held.record = { ...held.record, process: identity }
    openSpools(held)
    keepEndsOf(held)
  }

  async #attach(held: Held, request: SpawnRequest): Promise<void> {
    openSpools(held)
    if (held.spools === null) return
    const attach = request.mode === 'pty' ? (await import('./terminal.ts')).attachPty : attachPipes
    const { identity, attached } = await attach(held.place, request, held.record, held.spools, {
      output: () => held.notice.tell(),
      ended: () => this.#lookAt(held),
    })
    held.record = { ...held.record, process: identity }
    held.attached = namedOnce(attached, held.spools.out)
  }

  #look(): void {
    for (const held of this.#held.values()) if (held.exit === null && held.starting === null) this.#lookAt(held)
  }

  /**
   * How it ended is what its parent wrote. Where the parent is gone too and wrote nothing, nobody knows: no code and no
   * signal. One that lives without whoever held its pipes or terminal is of no use to anybody and is ended.
   */
  #lookAt(held: Held): void {
    if (held.exit !== null) return
    if (held.record.process === null) findStarted(held)
    const { record, place } = held
    const parent = alive(record.keeper)
    const living = record.process !== null && alive(record.process)
    held.exit = readExit(place)
    // Where somebody removed the folder there is nothing to write an exit into.
    if (held.exit === null && !living && !(parent && existsSync(place))) {
      held.exit = { code: null, signal: null, at: Date.now() }
      writeDown(place, held.exit, () => undefined)
    }
    if (living && !parent && record.mode !== 'files' && !held.ending) this.#end(held).catch(console.error)
    held.notice.tell()
    if (held.exit === null) return void keepEnds(held).catch(console.error) // where the system gave no hint
    held.attached = null
    held.atExit()
    if (this.living === 0) this.onIdle()
  }

  list(): Promise<readonly HostProcess[]> {
    const started = [...this.#held.values()].filter(({ starting }) => starting === null)
    return Promise.all(started.map(shown))
  }

  async get(key: string): Promise<HostProcess | null> {
    const held = this.#held.get(key)
    return held === undefined ? null : shown(held)
  }

  async *follow(
    key: string,
    from: { readonly out: number; readonly err: number },
    signal: AbortSignal,
  ): AsyncGenerator<HostEvent> {
    const held = this.#known(key)
    await held.starting
    const stop = hintOf(held, () => held.notice.tell())
    const at = { ...from }
    try {
      while (!signal.aborted) {
        const { exit } = held // known before reading, so that nothing comes behind it
        const more = held.notice.wait(signal)
        for (const stream of ['out', 'err'] as const) {
          for (
            let piece = held.spools?.[stream].read(at[stream]);
            piece;
            piece = held.spools?.[stream].read(at[stream])
          ) {
            at[stream] = piece.type === 'gap' ? piece.to : piece.offset + piece.bytes.length
            yield piece
            if (signal.aborted) return
          }
        }
        if (exit !== null) {
          yield { type: 'exit', exit }
          return
        }
        await more
      }
    } finally {
      stop()
    }
  }

  async write(key: string, bytes: Uint8Array | string, name?: string): Promise<number | null> {
    return this.#attachedOf(key).write(Buffer.from(bytes as Uint8Array), name)
  }

  async sent(key: string, names: readonly string[]): Promise<readonly (number | null)[]> {
    return this.#attachedOf(key).sent(names)
  }

  async closeInput(key: string): Promise<void> {
    await this.#attachedOf(key).closeInput()
  }

  async resize(key: string, cols: number, rows: number): Promise<void> {
    checkSize(cols, rows)
    this.#attachedOf(key).resize(cols, rows)
  }

  async screen(key: string): Promise<Screen> {
    return this.#attachedOf(key).screen()
  }

  async look(key: string, asks = { reads: false }): Promise<Look> {
    return this.#attachedOf(key).look(asks.reads)
  }

  #known(key: string): Held {
    const held = this.#held.get(key)
    if (held === undefined) throw new DaybookError('not_found', 'there is no process with this key')
    return held
  }

  #attachedOf(key: string): Named {
    const { exit, attached } = this.#known(key)
    if (exit !== null) throw new DaybookError('invalid_state', 'the process has ended')
    if (attached === null) throw new DaybookError('invalid_state', 'a process of this mode takes no input')
    return attached
  }

  /** `tree` reaches what a process left behind also when it has ended itself. */
  async signal(key: string, name: NodeJS.Signals, target: SignalTarget): Promise<void> {
    const held = this.#known(key)
    await held.starting
    const signal = signalNamed(name)
    const identity = held.record.process
    if (target === 'tree') return signalTree(identity, held.record.marker, signal)
    if (identity === null || !alive(identity)) throw new DaybookError('invalid_state', 'the process has ended')
    if (target === 'foreground') {
      const group = statOf(identity.pid)?.foreground ?? -1
      if (group <= 0) throw new DaybookError('invalid_state', 'the process has no terminal')
      send(-group, signal)
    } else if (target === 'group') send(-identity.pid, signal)
    else if (target === 'process') send(identity.pid, signal)
    else throw new DaybookError('invalid', 'there is no such target', { field: 'target' })
  }

  async acknowledge(key: string, offsets: { readonly out: number; readonly err: number }): Promise<void> {
    const { record, exit, spools, room } = this.#known(key)
    if (spools === null) return
    for (const stream of ['out', 'err'] as const) {
      const spool = spools[stream]
      // The process holds its file itself: no other can be begun for it.
      if (exit === null && record.mode === 'files') await room.make([spool], () => spool.surplusBefore(offsets[stream]))
      else spool.forgetBefore(offsets[stream], exit === null)
    }
  }

  async forget(key: string): Promise<void> {
    const held = this.#held.get(key)
    if (held === undefined) return
    await held.starting
    if (held.exit === null) throw new DaybookError('invalid_state', 'the process lives')
    this.#held.delete(key)
    await held.room.made()
    await rm(held.place, { recursive: true, force: true })
  }

  async #end(held: Held): Promise<void> {
    held.ending = true
    await held.starting
    const { process, marker } = held.record
    await signalTree(process, marker, 'SIGTERM')
    const until = performance.now() + grace
    const left = (): boolean => (process !== null && alive(process)) || marked(marker).length > 0
    while (left() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
    await signalTree(process, marker, 'SIGKILL')
  }

  /** Ends all, and what they left behind; back when their exits are known. */
  async endAll(): Promise<void> {
    const living = [...this.#held.values()].filter(({ exit }) => exit === null)
    await Promise.all(living.map((held) => this.#end(held)))
    const patience = AbortSignal.timeout(grace)
    for (const held of living) {
      while (held.exit === null && !patience.aborted) await held.notice.wait(patience)
    }
  }

  async close(): Promise<void> {
    await this.endAll()
    clearInterval(this.#timer)
  }
}
