// The Redis that carries hints and deltas between servers. It keeps nothing: what it loses, the servers find in the store.

import { freePort } from '../../../packages/daybook/src/cli/guide.fixture.ts'
import { Server } from '../../../packages/daybook/src/store/redis/server.fixture.ts'

export interface Bus extends AsyncDisposable {
  readonly url: string
  kill(): Promise<void>
  begin(): Promise<void>
}

export async function startBus(): Promise<Bus> {
  const port = await freePort()
  const server = await Server.start(['--port', String(port), '--appendonly', 'no'])
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    begin: () => server.run(),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
