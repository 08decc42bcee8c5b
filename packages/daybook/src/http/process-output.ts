// What a process printed, from an offset on: the bytes that its host keeps, and for what is gone the masked text of the log.

import type { LiveProcesses } from '../program/live.ts'
import type { Session } from '../session/contract.ts'
import { dataOf } from '../session/decode.ts'

export interface OutputRange {
  readonly stream: 'out' | 'err'
  readonly from: number
  /** Bytes at most. */
  readonly limit: number
}

export interface OutputRead {
  readonly bytes: Buffer
  /** Of the first byte; above what was asked for where less is left. */
  readonly from: number
  /** Where to go on. */
  readonly to: number
  readonly source: 'host' | 'log'
}

/** Null where the host has nothing from there on. */
export async function keptOutput(
  processes: LiveProcesses,
  name: string,
  { stream, from, limit }: OutputRange,
  end: number,
): Promise<OutputRead | null> {
  const pieces: Uint8Array[] = []
  const stop = new AbortController()
  let [first, at] = [from, from]
  const beyond = 2 ** 52
  const places = stream === 'out' ? { out: from, err: beyond } : { out: beyond, err: from }
  for await (const event of processes.follow(name, places, stop.signal)) {
    if (event.type === 'exit') break
    if (event.stream !== stream) continue
    if (event.type === 'gap') {
      if (pieces.length > 0) break
      first = event.to
      at = event.to
    } else {
      const piece = event.bytes.subarray(0, limit - (at - first))
      pieces.push(piece)
      at += piece.length
    }
    if (at >= end || at - first >= limit) break
  }
  stop.abort()
  return pieces.length === 0 ? null : { bytes: Buffer.concat(pieces), from: first, to: at, source: 'host' }
}

/** Whole pieces as they stand in the log: where a secret was masked, text and offsets are not of one length. */
export async function loggedOutput(
  session: Session,
  process: string,
  { stream, from, limit }: OutputRange,
): Promise<OutputRead> {
  let [first, at] = [from, from]
  const texts: Buffer[] = []
  let size = 0
  for await (const entry of session.stream({ kinds: ['process.output'] })) {
    const data = dataOf(entry, 'process.output')
    if (data?.process_id !== process || data.stream !== stream || data.offset + data.bytes <= from) continue
    if (texts.length > 0 && (data.offset !== at || size + data.bytes > limit)) break
    if (texts.length === 0) first = data.offset
    texts.push(Buffer.from(data.text))
    size += data.bytes
    at = data.offset + data.bytes
  }
  return { bytes: Buffer.concat(texts), from: first, to: at, source: 'log' }
}
