// What stands between browser and server in tests: it passes everything on, until it is told to cut, to freeze or to refuse.

import { connect, createServer, type Socket } from 'node:net'

export interface Gate extends AsyncDisposable {
  readonly url: string
  /** Connections that were taken so far. */
  readonly count: number
  /** Those that are open now. */
  readonly open: number
  /** Ends every connection, as a network does. */
  cut(): void
  /** Nothing passes any more, and nobody is told; new connections hang, too. */
  freeze(): void
  /** No connection is taken: the server is away. */
  refuse(): void
  /** As at the beginning; what was frozen is cut. */
  pass(): void
}

export async function openGate(port: () => number): Promise<Gate> {
  let mode: 'pass' | 'freeze' | 'refuse' = 'pass'
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    count += 1
    if (mode === 'refuse') return socket.destroy()
    const behind = connect(port(), '127.0.0.1')
    for (const each of [socket, behind]) {
      each.on('error', () => undefined)
      sockets.add(each)
      each.on('close', () => sockets.delete(each))
    }
    socket.on('data', (part) => mode !== 'freeze' && behind.write(part))
    behind.on('data', (part) => mode !== 'freeze' && socket.write(part))
    socket.on('close', () => behind.destroy())
    behind.on('close', () => mode !== 'freeze' && socket.destroy())
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the gate has no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    get count() {
      return count
    },
    get open() {
      return sockets.size / 2
    },
    cut,
    freeze() {
      mode = 'freeze'
    },
    refuse() {
      mode = 'refuse'
      cut()
    },
    pass() {
      mode = 'pass'
      cut()
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
