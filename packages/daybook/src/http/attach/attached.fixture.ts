// A client that is attached to a process: frames as they come, and a real terminal emulator that is shown them.

import assert from 'node:assert/strict'
import serialize from '@xterm/addon-serialize'
import headless from '@xterm/headless'
import { until } from '../../session/testing.fixture.ts'
import { authorization, type Served } from '../processes.fixture.ts'
import type { Told } from './frames.ts'

export interface Attached {
  readonly socket: WebSocket
  readonly told: readonly Told[]
  /** Where the next byte is expected. */
  readonly at: number
  /** All bytes that came as output. */
  readonly bytes: Buffer
  readonly closed: number | null
  send(frame: object | string): void
  type(text: string): void
  /** What a person sees. */
  screen(): Promise<string>
}

export interface AttachedOptions {
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly protocols?: readonly string[]
}

/** The server has to listen. Where bytes were missed or came twice, the test fails. */
export async function attach(
  url: string,
  { here }: Pick<Served, 'here'>,
  { query = '', headers = { authorization }, protocols = ['daybook.attach'] }: AttachedOptions = {},
): Promise<Attached> {
  const address = `${url.replace('http', 'ws')}/api/v1/sessions/a/processes/${here.id}/attach${query}`
  const socket = new WebSocket(address, { headers, protocols: [...protocols] } as unknown as string[])
  socket.binaryType = 'arraybuffer'
  const terminal = new headless.Terminal({ cols: 120, rows: 40, scrollback: 0, allowProposedApi: true })
  const serializer = new serialize.SerializeAddon()
  terminal.loadAddon(serializer)
  const told: Told[] = []
  const parts: Buffer[] = []
  const state = { at: -1, closed: null as number | null }
  socket.addEventListener('message', ({ data }: MessageEvent) => {
    if (typeof data === 'string') {
      const frame = JSON.parse(data) as Told
      told.push(frame)
      if (frame.type === 'snapshot') {
        terminal.resize(frame.cols, frame.rows)
        terminal.reset()
        terminal.write(frame.ansi)
        state.at = -1
      } else if (frame.type === 'resized') terminal.resize(frame.cols, frame.rows)
      else if (frame.type === 'resumed') state.at = frame.offset
      return
    }
    const frame = Buffer.from(data as ArrayBuffer)
    const [from, to] = [Number(frame.readBigUInt64BE(0)), Number(frame.readBigUInt64BE(8))]
    if (state.at >= 0) assert.equal(from, state.at)
    state.at = to
    parts.push(frame.subarray(16))
    terminal.write(frame.subarray(16))
  })
  socket.addEventListener('close', ({ code }) => {
    state.closed = code
  })
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true))
    socket.addEventListener('error', () => resolve(false))
  })
  assert.ok(opened, 'the connection was refused')
  await until(() => told.length > 0)
  return {
    socket,
    told,
    get at() {
      return state.at
    },
    get bytes() {
      return Buffer.concat(parts)
    },
    get closed() {
      return state.closed
    },
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    type: (text) => socket.send(JSON.stringify({ type: 'input', text })),
    screen: () => new Promise((resolve) => terminal.write('', () => resolve(serializer.serialize()))),
  }
}
