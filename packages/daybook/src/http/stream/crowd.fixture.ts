// Many readers in a process of their own: connects them all, says so, and counts the bytes they get.

import { connect } from 'node:net'

const [address = '', path = '', count = '0'] = process.argv.slice(2)
const { hostname, port } = new URL(address)
/** Connections asked for and not answered yet: fewer than the queue of any listening socket. */
const atOnce = 256
let asked = 0
let connected = 0

function ask(): void {
  if (asked === Number(count)) return
  asked += 1
  const socket = connect({ port: Number(port), host: hostname }, () => {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`)
  })
  socket.once('data', () => {
    connected += 1
    if (connected === Number(count)) process.send?.(connected)
    ask()
  })
  socket.resume()
  socket.on('error', (error) => {
    throw error
  })
}

for (let n = 0; n < atOnce; n += 1) ask()
