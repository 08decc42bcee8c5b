// A server in a process of its own whose wall clock is wrong; its address is printed, and it ends with its standard input.

import type { ServeSettings } from './serving.ts'

/** Asked for as JSON in the first argument. */
export interface Skewed {
  /** Milliseconds that the wall clock is ahead. */
  readonly ahead: number
  readonly settings: Pick<ServeSettings, 'store' | 'skillFolders' | 'idleMs' | 'keepMs'>
}

function setWallClock(ahead: number): void {
  const real = Date.now
  const now = () => real() + ahead
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
}

if (process.argv[2]) {
  const { ahead, settings } = JSON.parse(process.argv[2]) as Skewed
  // Before anything is loaded that might keep the right one.
  setWallClock(ahead)
  const { startServer } = await import('./serving.ts')
  const server = await startServer({ port: 0, host: '127.0.0.1', ...settings })
  console.log(JSON.stringify({ url: server.url, said: Date.now() }))
  process.stdin.once('end', () => void server.close())
  process.stdin.resume()
}
