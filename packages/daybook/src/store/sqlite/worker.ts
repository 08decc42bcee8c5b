// The thread that writes: takes groups one by one, commits them, answers.

import { parentPort, workerData } from 'node:worker_threads'
import { LaneFailure } from '../lane.ts'
import { toDaybookError } from './errors.ts'
import { HeadMissing } from './ops.ts'
import { unpackGroup } from './pack.ts'
import type { Answer, Failed, Request, WorkerOptions } from './remote.ts'
import { Writer } from './writer.ts'

const port = parentPort
const options = workerData as WorkerOptions
/** The time of the request: the main thread's clock decides. */
let now = 0

function failedOf(error: unknown): Failed {
  const { code, message, cause } = toDaybookError(error)
  return { failedWith: code, message, ...(cause === undefined ? {} : { cause: String(cause) }) }
}

function answer(message: Answer): void {
  port?.postMessage(message)
}

async function take(writer: Writer, request: Request): Promise<void> {
  if (request === 'close') {
    try {
      writer.close()
      answer('closed')
    } catch (error) {
      answer({ failed: failedOf(error) })
    }
    port?.close()
    return
  }
  now = request.now
  try {
    const results = await writer.commit(unpackGroup(request.group), request.again)
    answer({ results: results.map((one) => (one instanceof LaneFailure ? failedOf(one.error) : one)) })
  } catch (error) {
    answer(error instanceof HeadMissing ? 'whole' : { failed: failedOf(error) })
  }
}

try {
  const writer = new Writer({ ...options, clock: () => now })
  port?.on('message', (request: Request) => void take(writer, request))
  answer('open')
} catch (error) {
  answer({ failed: failedOf(error) })
}
