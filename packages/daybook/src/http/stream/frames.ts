// Server-sent events as bytes, made once for all who get them.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import type { StoredEntry } from '../../schema/entries.ts'
import { entryText } from '../../schema/wire.ts'

const eventStream = 'text/event-stream; charset=utf-8'

const frames = new WeakMap<StoredEntry, Buffer>()

/** An entry with its seq as id. The same entry object gives the same bytes. */
export function entryFrame(entry: StoredEntry): Buffer {
  let frame = frames.get(entry)
  if (!frame) {
    frame = Buffer.from(`id: ${entry.seq}\ndata: ${entryText(entry)}\n\n`)
    frames.set(entry, frame)
  }
  return frame
}

/** Unfinished output: no id, because it is not in the log. */
export function deltaFrame(delta: unknown): Buffer {
  return Buffer.from(`event: delta\ndata: ${JSON.stringify(delta)}\n\n`)
}

/** Keeps the connection alive, and tells the id to resume from after entries that a filter passed over. */
export function beatFrame(id: string | number): Buffer {
  return Buffer.from(id === '' || id === 0 ? ':\n\n' : `:\nid: ${id}\n\n`)
}

/** The last words of a stream; clients that reconnect go on where they were. */
export function endFrame(why: string): string {
  return `: ${why}\n\n`
}

/**
 * Takes the connection out of the framework's hands and sends the head of a stream. The end of the stream is the end of
 * the connection, so frames go to the socket as they are, shared by all followers, without a chunk of their own.
 */
export function beginStream(reply: FastifyReply, headers: Readonly<Record<string, string>> = {}): ServerResponse {
  const response = reply.raw
  const already = reply.getHeaders()
  reply.hijack()
  response.useChunkedEncodingByDefault = false
  for (const [name, value] of Object.entries(already)) if (value !== undefined) response.setHeader(name, value)
  response.writeHead(200, { 'content-type': eventStream, 'x-accel-buffering': 'no', ...headers })
  response.write('retry: 1000\n\n')
  return response
}

/**
 * Keeps what is written to the connection until {@link letGo}. A response alone would schedule a call of its own for that;
 * for a thousand followers one is enough.
 */
export function hold(socket: Socket, held: Socket[]): void {
  if (socket.writableCorked > 0) return
  socket.cork()
  held.push(socket)
}

/** Sends what was held, in the same turn, once whoever hands over is done. */
export function letGo(held: readonly Socket[]): void {
  if (held.length > 0) process.nextTick(uncorkAll, held)
}

function uncorkAll(held: readonly Socket[]): void {
  for (const socket of held) socket.uncork()
}

/** Resolves when what waits for a slow reader has gone out, or the connection is closed. */
export function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
