// An open file: the connection that reads, the writer behind its lane, and the order of opening and closing.

import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DaybookError } from '../../schema/errors.ts'
import { limits } from '../../schema/json.ts'
import { Lane, type LaneFailure } from '../lane.ts'
import { backupFile } from './backup.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { isBusy, toDaybookError } from './errors.ts'
import { Forks } from './forks.ts'
import { type FileFormat, formatOf, prepareFile, presentFormat } from './migrations.ts'
import { bytesOf, entriesOf, type Op, type Result } from './ops.ts'
import { Writer, type WriterOptions } from './writer.ts'

export interface FileOptions extends WriterOptions {
  /** Write in a thread of its own. */
  readonly worker: boolean
  readonly present?: FileFormat
}

/** What stands behind the lane: the writer of this thread, or the one of a worker. */
interface Committer {
  commit(group: readonly Op[]): readonly (Result | LaneFailure)[] | Promise<readonly (Result | LaneFailure)[]>
  close(): void | Promise<void>
}

interface State {
  readonly connection: Connection
  readonly forks: Forks
  readonly lane: Lane<Op, Result>
  readonly committer: Committer
}

export class OpenFile {
  readonly path: string
  readonly clock: () => number
  readonly #options: FileOptions
  readonly #committed: (group: readonly Op[], results: readonly (Result | LaneFailure)[]) => void
  #state: State | null = null
  #opening: Promise<void> | null = null
  #closing: Promise<void> | null = null

  constructor(
    options: FileOptions,
    committed: (group: readonly Op[], results: readonly (Result | LaneFailure)[]) => void,
  ) {
    this.#options = { ...options, path: resolve(options.path) }
    this.path = this.#options.path
    this.clock = options.clock ?? Date.now
    this.#committed = committed
  }

  open(): Promise<void> {
    if (this.#closing) return Promise.reject(closed())
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null
      throw toDaybookError(error)
    })
    return this.#opening
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** One look at the file; errors in the codes of daybook. */
  read<T>(look: (connection: Connection, forks: Forks) => T): T {
    const { connection, forks } = this.#ready()
    for (let left = tries; ; left -= 1) {
      try {
        return look(connection, forks)
      } catch (error) {
        // Readers wait only where another process opens or recovers the log.
        if (!isBusy(error) || left === 0) throw toDaybookError(error)
      }
    }
  }

  async readLater<T>(look: (connection: Connection, path: string) => Promise<T>): Promise<T> {
    const { connection } = this.#ready()
    try {
      return await look(connection, this.path)
    } catch (error) {
      throw toDaybookError(error)
    }
  }

  /** No async function: every append passes here, and each promise in between costs it. */
  push(ops: readonly Op[], urgent = false): Promise<readonly Result[]> {
    try {
      return this.#ready().lane.push(ops, urgent)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** A further connection for long looks, closed by the caller. */
  connect(readOnly = true): Connection {
    return new Connection({ ...this.#options, readOnly })
  }

  #ready(): State {
    if (this.#closing) throw closed()
    if (!this.#state)
      throw new DaybookError('unreachable', 'The store is not open yet.', { hint: 'Await open() first.' })
    return this.#state
  }

  async #open(): Promise<void> {
    if (this.#state) return
    const writable = createFile(this.path)
    if (!writable) {
      this.#state = this.#readOnly()
      return
    }
    const first = await retried(() => writableConnection(this.#options))
    try {
      await retried(() => prepareFile(first, this.path, (to) => this.#copy(to), this.#options.present))
    } catch (error) {
      first.close()
      throw error
    }
    const inside = !this.#options.worker
    if (!inside) first.close()
    const connection = inside ? first : this.connect()
    const committer = inside ? new Writer(this.#options, first) : await this.#remote()
    this.#state = this.#around(connection, committer)
  }

  /** Threads only where one is asked for. */
  async #remote(): Promise<Committer> {
    const { RemoteWriter } = await import('./remote.ts')
    return RemoteWriter.start(this.#options)
  }

  async #copy(to: string): Promise<void> {
    const source = this.connect()
    try {
      await backupFile(source, this.path, to)
    } finally {
      source.close()
    }
  }

  #around(connection: Connection, committer: Committer): State {
    const lane = new Lane<Op, Result>({
      commit: (group) => committer.commit(group),
      entries: entriesOf,
      bytes: bytesOf,
      maxEntries: limits.commitEntries,
      maxBytes: limits.commitBytes,
      committed: this.#committed,
    })
    return { connection, forks: new Forks(connection), lane, committer }
  }

  /** The file or its folder cannot be written: reading goes on. */
  #readOnly(): State {
    const connection = readOnlyConnection(this.#options)
    try {
      const found = formatOf(connection, this.#options.present)
      const present = this.#options.present ?? presentFormat
      if (found !== present.format) {
        throw new DaybookError('store_readonly', 'The file has an older format and cannot be lifted where it is.')
      }
    } catch (error) {
      connection.close()
      throw error
    }
    return this.#around(connection, {
      commit() {
        throw new DaybookError('store_readonly', 'the store cannot be written')
      },
      close: () => connection.close(),
    })
  }

  async #close(): Promise<void> {
    await this.#opening?.catch(() => {})
    const state = this.#state
    if (!state) return
    await state.lane.drained()
    // The writer last: who closes the file last tidies up its log, and a connection that only reads cannot.
    if (this.#options.worker) state.connection.close()
    await state.committer.close()
    this.#state = null
  }
}

function closed(): DaybookError {
  return new DaybookError('shutting_down', 'The store is closed.')
}

/** Makes the file with its folder, for its owner alone; false when what is there cannot be written. */
function createFile(path: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    return true
  } catch (error) {
    if (existsSync(path) && toDaybookError(error).code === 'store_readonly') return false
    throw error
  }
}

const tries = 100
const pause = 50

/** Several processes may open a fresh file at once; what one of them holds, the others wait for. */
async function retried<T>(work: () => T | Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || left === 0) throw error
      await new Promise((wake) => setTimeout(wake, pause))
    }
  }
}

function writableConnection(options: ConnectionOptions): Connection {
  const connection = new Connection({ ...options, wait: 50 })
  try {
    connection.db.exec('PRAGMA journal_mode = WAL')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function readOnlyConnection(options: ConnectionOptions): Connection {
  try {
    return readable({ ...options, readOnly: true })
  } catch (error) {
    // Without a log beside it and without the right to make one, the file is all there is.
    if (existsSync(`${options.path}-wal`)) throw error
    return readable({ ...options, readOnly: true, immutable: true })
  }
}

/** A connection that has read once: rights show only then. */
function readable(options: ConnectionOptions): Connection {
  const connection = new Connection(options)
  try {
    connection.sql('SELECT count(*) FROM sqlite_schema').get()
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}
