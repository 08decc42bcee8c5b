// The wire between server and host: one JSON object per line, over a socket in the state folder.

import { chmodSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DaybookError, type ErrorCode } from '../../schema/errors.ts'
import type { HostEvent } from './contract.ts'

/** Bytes of one line: a request with its input and environment, or a piece of output. */
export const longestRequest = 64 << 20

export interface Request {
  readonly id: number
  readonly op: string
  readonly [field: string]: unknown
}

/** An answer has `result` or `error`; what is followed has one `event` after the other. */
export interface Answer {
  readonly id: number | null
  readonly result?: unknown
  readonly error?: Failure
  readonly event?: WireEvent
}

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly field?: string | undefined
  readonly hint?: string | undefined
}

type Packed<E> = E extends { bytes: Uint8Array } ? Omit<E, 'bytes'> & { readonly bytes: string } : E
export type WireEvent = Packed<HostEvent>

export function packEvent(event: HostEvent): WireEvent {
  return event.type === 'output' ? { ...event, bytes: Buffer.from(event.bytes).toString('base64') } : event
}

export function unpackEvent(event: WireEvent): HostEvent {
  return event.type === 'output' ? { ...event, bytes: Buffer.from(event.bytes, 'base64') } : event
}

/** The folder is its owner's alone; it holds what programs print. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Addresses of sockets end at 107 bytes (Linux); a longer path is reached through the open folder. */
export function socketPath(folder: string): string {
  const path = join(folder, 'host.sock')
  if (Buffer.byteLength(path) <= 103) return path
  if (process.platform !== 'linux') throw new DaybookError('invalid', 'the path of the state folder is too long')
  return `/proc/self/fd/${opened(folder)}/host.sock`
}

const folders = new Map<string, number>()

function opened(folder: string): number {
  const fd = folders.get(folder) ?? openSync(folder, 'r')
  folders.set(folder, fd)
  return fd
}
