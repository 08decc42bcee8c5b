// The one writer of a process: a group of operations becomes one commit, or one commit without the guilty ones.

import { DaybookError } from '../../schema/errors.ts'
import { LaneFailure } from '../lane.ts'
import { append } from './append.ts'
import { putBlob, unlinkBeside } from './blobs.ts'
import { type Connection, type ConnectionOptions, Connection as Opened } from './connection.ts'
import { deleteSession } from './delete.ts'
import { codeOf, isBusy, isDataFault, toDaybookError } from './errors.ts'
import { refusal } from './keys.ts'
import { acquire, release, renew } from './leases.ts'
import { putMark } from './marks.ts'
import { mend } from './mend.ts'
import { HeadMissing, type Op, type Result } from './ops.ts'
import { refold } from './refold.ts'
import { dropSnapshots, putSnapshot } from './snapshots.ts'
import { sweepBlobs, sweepSessions } from './sweep.ts'
import { Tx } from './tx.ts'

export interface WriterOptions extends ConnectionOptions {
  readonly clock?: () => number
}

/** Milliseconds that one try for the write lock blocks the thread, and the pause between two tries. */
const tryFor = 50
const pause = 10

export class Writer {
  readonly connection: Connection
  readonly #tx: Tx
  readonly #path: string
  readonly #wait: number
  #version = -1
  #again = false

  constructor(options: WriterOptions, connection: Connection = new Opened({ ...options, wait: tryFor })) {
    this.connection = connection
    this.#path = options.path
    this.#wait = options.wait ?? 5000
    this.#tx = new Tx(connection, options.clock ?? Date.now)
  }

  /**
   * `again`: the group ran before, and whether it was committed is unknown; what the file holds already is answered as
   * written. Answers in order. Throws a DaybookError when nothing of the group was written.
   */
  commit(
    group: readonly Op[],
    again = false,
  ): readonly (Result | LaneFailure)[] | Promise<readonly (Result | LaneFailure)[]> {
    this.#again = again
    try {
      return this.#begin() ? this.#write(group) : this.#later(group)
    } catch (error) {
      throw reported(error)
    }
  }

  /**
   * The log goes into the file, as far as other processes and the room on the disk let it: what was acknowledged is safe
   * in the log, and the next to open or close does the rest.
   */
  close(): void {
    try {
      this.connection.sql('PRAGMA wal_checkpoint(TRUNCATE)').get()
    } catch (error) {
      if (!isBusy(error) && codeOf(error) !== 'store_full') throw toDaybookError(error)
    } finally {
      this.connection.close()
    }
  }

  /** False when another process holds the lock just now. */
  #begin(): boolean {
    try {
      this.connection.sql('BEGIN IMMEDIATE').run()
      return true
    } catch (error) {
      if (isBusy(error)) return false
      throw error
    }
  }

  /** Other processes take turns: tries again until the wait is over, and lets this thread do other work between. */
  async #later(group: readonly Op[]): Promise<readonly (Result | LaneFailure)[]> {
    const end = performance.now() + this.#wait
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      if (this.#begin()) return this.#write(group)
    }
    throw new DaybookError('store_busy', 'another process holds the store for too long')
  }

  #write(group: readonly Op[]): readonly (Result | LaneFailure)[] {
    try {
      return this.#together(group)
    } catch (error) {
      this.#rollback()
      if (!isDataFault(error)) throw reported(error)
    }
    try {
      if (!this.#begin()) throw new DaybookError('store_busy', 'another process took the store')
      return this.#apart(group)
    } catch (error) {
      this.#rollback()
      throw reported(error)
    }
  }

  #rollback(): void {
    if (this.connection.db.isTransaction) this.connection.sql('ROLLBACK').run()
    this.#tx.forget()
    this.#tx.scrub = false
    this.#tx.vacuum = false
  }

  #together(group: readonly Op[]): readonly (Result | LaneFailure)[] {
    this.#look()
    this.#tx.apart = false
    const results: Result[] = []
    for (const op of group) results.push(this.#apply(op))
    this.#tx.flush()
    return this.#finish(group, results)
  }

  /** A value that no column takes is the fault of one operation: each gets a savepoint, and the guilty one is alone. */
  #apart(group: readonly Op[]): readonly (Result | LaneFailure)[] {
    this.#look()
    this.#tx.apart = true
    const results: (Result | LaneFailure)[] = []
    for (const op of group) {
      this.connection.sql('SAVEPOINT one').run()
      try {
        const result = this.#apply(op)
        this.#tx.flush()
        results.push(result)
      } catch (error) {
        if (!isDataFault(error)) throw error
        this.connection.sql('ROLLBACK TO one').run()
        this.#tx.forget()
        results.push(this.#guilty(op, error))
      }
      this.connection.sql('RELEASE one').run()
    }
    return this.#finish(group, results)
  }

  #guilty(op: Op, error: unknown): Result | LaneFailure {
    if (op.type !== 'append') {
      return new LaneFailure(new DaybookError('invalid', 'a value cannot be stored', { cause: error }))
    }
    return refusal('invalid', this.#tx.seen(op.asker, op.append.session)?.seq ?? 0)
  }

  /** Rows kept from earlier commits hold only as long as nobody else wrote. */
  #look(): void {
    const version = Number(this.connection.rows('PRAGMA data_version').get()?.[0])
    if (version !== this.#version) this.#tx.forget()
    this.#version = version
    this.#tx.again = this.#again
  }

  #finish(group: readonly Op[], results: readonly (Result | LaneFailure)[]): readonly (Result | LaneFailure)[] {
    const { scrub, vacuum } = this.#tx
    this.#tx.scrub = false
    this.#tx.vacuum = false
    this.connection.sql('COMMIT').run()
    if (!scrub && !vacuum) return results
    const failure = this.#tidy(vacuum)
    return vacuum && failure ? results.map((one, at) => (group[at]?.type === 'vacuum' ? failure : one)) : results
  }

  /** After the commit, so what fails here takes nothing back; an erased text leaves the log with a later checkpoint then. */
  #tidy(vacuum: boolean): LaneFailure | null {
    try {
      if (vacuum) this.connection.db.exec('VACUUM')
      this.connection.sql('PRAGMA wal_checkpoint(TRUNCATE)').get()
      return null
    } catch (error) {
      return new LaneFailure(toDaybookError(error))
    }
  }

  #apply(op: Op): Result {
    const tx = this.#tx
    if (op.type === 'append') return append(tx, op)
    tx.inserts.flush()
    switch (op.type) {
      case 'delete':
        return deleteSession(tx, op)
      case 'refold':
        return refold(tx, op)
      case 'acquire':
        return acquire(tx, op)
      case 'renew':
        return renew(tx, op)
      case 'release':
        return release(tx, op)
      case 'mark':
        return putMark(tx, op)
      case 'snapshot':
        return putSnapshot(tx, op)
      case 'drop_snapshots':
        return dropSnapshots(tx, op)
      case 'blob':
        return putBlob(tx, op, this.#path)
      case 'sweep':
        return sweepSessions(tx, op)
      case 'sweep_blobs':
        return sweepBlobs(tx)
      case 'unlink':
        return unlinkBeside(tx, op, this.#path)
      case 'vacuum':
        tx.vacuum = true
        return null
      case 'mend':
        return mend(tx)
    }
  }
}

/** Whoever sent the group knows what to do about a missing head. */
function reported(error: unknown): unknown {
  return error instanceof HeadMissing ? error : toDaybookError(error)
}
