// Threads that gather: transcripts are read, masked and translated beside the thread that appends what came of them.

import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, type Transferable, Worker } from 'node:worker_threads'
import { DaybookError, type ErrorCode, isDaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import type { Redactor } from '../session/redact.ts'
import type { FoundFile, TranscriptReader } from './contract.ts'
import type { AdoptOptions } from './contract-adopt.ts'
import { type Gathered, gather } from './gathering.ts'

/** What a thread is asked for: the records of a transcript of lines, behind `from`. */
export interface Asked {
  readonly file: FoundFile
  readonly id: string
  readonly from: number
  /** What the translator has to remember; undefined at the beginning. */
  readonly memo?: Json | undefined
}

interface Request {
  readonly asked: Asked
  /** One gathering's own line. Who closes it wants no more. */
  readonly port: MessagePort
}

/** Failures as data, since errors lose their class on the way. */
type Answer =
  | { readonly gathered: Gathered }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } }
  | 'over'

/** Appends that a thread is ahead of whoever writes them. */
const ahead = 2
/** Bytes that are gathered before threads are worth their start, and how many times as many have to be left then. */
const worthBytes = 8 * 1024 * 1024
const leftTimes = 8
/** One core is left to whoever writes. */
const mostThreads = 4

type ThreadSettings = NonNullable<AdoptOptions['threads']>

/** Starts threads when there is enough to read, and ends them when it is closed. */
export class GatheringThreads {
  readonly #module: URL
  readonly #count: number
  readonly #worth: number
  #threads: Thread[] = []
  #asked = 0

  constructor({ module, count, worth }: ThreadSettings) {
    this.#module = module
    this.#count = count ?? Math.min(mostThreads, availableParallelism() - 1)
    this.#worth = worth ?? worthBytes
  }

  /** Null while it is quicker to gather in the own thread. `left`: bytes of files that are not done yet. */
  gather(asked: Asked, left: number, signal?: AbortSignal): AsyncGenerator<Gathered> | null {
    this.#asked += asked.file.size - asked.from
    if (this.#asked < this.#worth || this.#count === 0) return null
    if (this.#threads.length === 0) {
      if (left < this.#worth * leftTimes) return null
      this.#threads = Array.from({ length: this.#count }, () => new Thread(this.#module))
    }
    const [first, ...others] = this.#threads
    const idlest = others.reduce((one, other) => (other.load < one.load ? other : one), first as Thread)
    return idlest.gather(asked, signal)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()))
  }
}

class Thread {
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #cause: unknown
  /** Gatherings under way. */
  load = 0

  constructor(module: URL) {
    this.#worker = new Worker(module)
    // An uncaught error of the thread is followed by its exit.
    this.#worker.on('error', (error: unknown) => {
      this.#cause = error
    })
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()))
  }

  /** Nothing that a thread has is lost with it: it only reads. */
  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  async *gather(asked: Asked, signal?: AbortSignal): AsyncGenerator<Gathered> {
    const { port1: own, port2: port } = new MessageChannel()
    const answers = new Answers(own, this.#ended)
    this.#worker.postMessage({ asked, port } satisfies Request, [port])
    this.load += 1
    try {
      for (;;) {
        const answer = await answers.next()
        if (answer === null) throw new DaybookError('internal', 'a thread that reads ended', { cause: this.#cause })
        if (answer === 'over') return
        if ('failed' in answer) throw new DaybookError(answer.failed.code, answer.failed.message)
        own.postMessage('more')
        yield answer.gathered
        signal?.throwIfAborted()
      }
    } finally {
      this.load -= 1
      own.close()
    }
  }
}

/** What came over a line and was not asked for yet. */
class Answers {
  readonly #came: (Answer | null)[] = []
  #wake: () => void = () => undefined

  constructor(port: MessagePort, ended: Promise<void>) {
    const take = (answer: Answer | null) => {
      this.#came.push(answer)
      this.#wake()
    }
    port.on('message', take)
    ended.then(() => take(null))
  }

  /** Null when the thread ended. */
  async next(): Promise<Answer | null> {
    while (this.#came.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#came.shift() as Answer | null
  }
}

/** Called in the thread, with its port to whoever started it. */
export function serveGathering(port: MessagePort, readers: readonly TranscriptReader[], redactor: Redactor): void {
  port.on('message', (request: Request) => void serve(request, readers, redactor))
}

async function serve(
  { asked, port }: Request,
  readers: readonly TranscriptReader[],
  redactor: Redactor,
): Promise<void> {
  const line = new Line(port)
  try {
    const { reader, transcript } = await found(asked, readers)
    const translator = reader.translator(transcript, asked.memo)
    const { signal } = line
    for await (const gathered of gather({ transcript, translator, redactor, from: asked.from, signal })) {
      await line.give({ gathered }, gathered.beside && [gathered.beside.buffer as ArrayBuffer])
    }
    await line.give('over')
  } catch (error) {
    if (!line.signal.aborted) await line.give({ failed: failedOf(error) })
  }
}

/** The transcript as the asking thread saw it. */
async function found({ file, id }: Asked, readers: readonly TranscriptReader[]) {
  const reader = readers.find(({ agent }) => agent === file.agent)
  for await (const transcript of reader?.transcripts(file) ?? []) {
    if (transcript.id === id) return { reader: reader as TranscriptReader, transcript }
  }
  throw new DaybookError('not_found', `${file.name} does not hold ${id} any more`)
}

function failedOf(error: unknown): { code: ErrorCode; message: string } {
  if (isDaybookError(error)) return { code: error.code, message: error.message }
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** The thread's end of a line: gives no more than the other end has room for. */
class Line {
  readonly #port: MessagePort
  readonly #closed = new AbortController()
  #room = ahead
  #wake: () => void = () => undefined

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', () => {
      this.#room += 1
      this.#wake()
    })
    port.once('close', () => {
      this.#closed.abort()
      this.#wake()
    })
  }

  /** Aborted once nobody wants more. */
  get signal(): AbortSignal {
    return this.#closed.signal
  }

  async give(answer: Answer, transfer: Transferable[] = []): Promise<void> {
    while (this.#room === 0 && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.signal.throwIfAborted()
    this.#room -= 1
    this.#port.postMessage(answer, transfer)
  }
}
