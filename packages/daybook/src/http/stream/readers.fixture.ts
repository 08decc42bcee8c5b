// Starts many readers in a process of their own, which crowd.fixture.ts is.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Resolves when all of them have the first bytes; fails when their process ends before. */
export async function crowd(url: string, path: string, count: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'crowd.fixture.ts'), [url, path, String(count)])
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the readers ended with ${code}`)
  })
  died.catch(() => undefined) // whoever ends them later knows it
  await Promise.race([once(child, 'message'), died])
  return child
}
