// A thread that dies of the first transcript which it is asked for.

import { parentPort } from 'node:worker_threads'

parentPort?.once('message', () => {
  throw new Error('the thread dies here')
})
