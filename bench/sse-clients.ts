// The readers of the stream bench, in a process of their own: many connections that count the events they get.
import type { Socket } from 'node:net'
import { connect } from 'node:net'

/** First question: connect, answered when every stream has begun. */
export interface Join {
  readonly port: number
  readonly path: string
  readonly count: number
}

/** Every further question: answered when each stream has got that many events since it began. */
export interface Expect {
  readonly events: number
}

const mark = '\ndata: '
let seen = 0
let wanted = Number.POSITIVE_INFINITY
let streams = 0

function reached(): void {
  if (seen < wanted) return
  wanted = Number.POSITIVE_INFINITY
  process.send?.({ seen })
}

/** Counts what arrives; a mark cut by the end of a chunk is found with the next one. */
function read(socket: Socket, begun: () => void): void {
  let rest = ''
  let open = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    const text = rest + chunk
    if (!open && text.includes('\r\n\r\n')) {
      open = true
      if (!text.startsWith('HTTP/1.1 200')) throw new Error(`a stream was answered with ${text.slice(0, 40)}`)
      begun()
    }
    seen += text.split(mark).length - 1
    rest = text.slice(1 - mark.length)
    reached()
  })
  socket.on('error', (error) => {
    throw error
  })
}

async function join(of: Join): Promise<void> {
  for (; streams < of.count; streams++) {
    const socket = connect({ port: of.port, host: '127.0.0.1' })
    await new Promise<void>((begun) => {
      read(socket, begun)
      socket.write(`GET ${of.path} HTTP/1.1\r\nHost: localhost:${of.port}\r\nAccept: text/event-stream\r\n\r\n`)
    })
  }
  process.send?.({ streams })
}

if (process.send !== undefined) {
  process.once('disconnect', () => process.exit(0))
  process.on('message', (question: Join | Expect) => {
    if ('port' in question) return join(question)
    wanted = question.events * streams
    return reached()
  })
}
