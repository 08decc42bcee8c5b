// The end of a server: what is under way is answered, and no connection that has nothing to say keeps it from ending.

import { match, strictEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { testServer } from './server.fixture.ts'

/** What the socket is told until `end` stands in it. */
async function heard(socket: Socket, end: string): Promise<string> {
  let text = ''
  while (!text.includes(end)) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    text += bytes.toString()
  }
  return text
}

test('a server that ends answers what is under way, and waits for no connection that is idle behind it', async () => {
  await using s = await testServer()
  await s.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = s.server.app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const body = JSON.stringify({ role: 'user', content: 'half of this comes behind the end' })
  const headers = `host: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
  socket.write(`POST /api/v1/sessions/one/messages HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, 20)}`)
  await once(s.server.app.server, 'request')
  const closed = s.server.close()
  socket.write(body.slice(20))
  match(await heard(socket, 'half of this'), /^HTTP\/1\.1 201 /)
  // The client keeps its side open, as clients do that mean to ask again.
  const ended = await Promise.race([closed.then(() => 'ended'), late(socket)])
  socket.destroy()
  strictEqual(ended, 'ended')
})

/** Far less than the time after which idle connections are closed anyway. */
async function late(socket: Socket): Promise<string> {
  socket.setTimeout(10_000)
  await once(socket, 'timeout')
  return 'late'
}
