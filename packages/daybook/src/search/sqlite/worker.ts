// The thread of an index: one call after the other, as they come.

import { parentPort, workerData } from 'node:worker_threads'
import { isDaybookError } from '../../schema/errors.ts'
import type { IndexFileOptions } from './file.ts'
import { LocalIndex } from './local.ts'
import type { Answer, Request } from './remote.ts'

const port = parentPort
const index = new LocalIndex(workerData as IndexFileOptions)

function answer(message: Answer): void {
  port?.postMessage(message)
}

function perform({ name, given }: Request): unknown {
  switch (name) {
    case 'apply':
    case 'find':
    case 'page':
      return index[name](given as never)
    default:
      return index[name]()
  }
}

port?.on('message', (request: Request) => {
  const { id } = request
  try {
    answer({ id, result: perform(request) })
  } catch (error) {
    const { code, message, field } = isDaybookError(error)
      ? error
      : { code: 'internal' as const, message: String(error), field: undefined }
    answer({ id, failed: { code, message, ...(field === undefined ? {} : { field }) } })
  }
  if (request.name === 'close') port.close()
})
