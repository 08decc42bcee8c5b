// Processes that the host itself holds by their pipes: it reads them into spools and writes what they are told.

import { DaybookError } from '../../schema/errors.ts'
import type { Screen, SpawnRequest } from './contract.ts'
import { startChild, writeDown } from './keeper.ts'
import type { Identity } from './proc.ts'
import { type ProcessRecord, writeRecord } from './record.ts'
import type { Spool } from './spool.ts'

/** Bytes that wait for a process which does not read. */
export const mostInput = 1 << 20
/** Milliseconds for what was printed before an exit to arrive, where a descendant keeps the pipe open. */
const lastOutput = 500

export interface Attached {
  write(bytes: Uint8Array): Promise<void>
  closeInput(): Promise<void>
  resize(cols: number, rows: number): void
  screen(): Promise<Screen>
}

export interface Spools {
  readonly out: Spool
  readonly err: Spool
}

/** Who is told: of output that is in the spool, and of an exit that is written down. */
export interface Told {
  output(): void
  ended(): void
}

export interface Start {
  readonly identity: Identity
  readonly attached: Attached
}

export async function attach(
  place: string,
  request: SpawnRequest,
  record: ProcessRecord,
  spools: Spools,
  told: Told,
): Promise<Start> {
  if (request.mode === 'pty') {
    const { attachTerminal } = await import('./terminal.ts')
    return attachTerminal(place, request, record, spools, told)
  }
  return attachPipes(place, request, record, spools, told)
}

async function attachPipes(
  place: string,
  request: SpawnRequest,
  record: ProcessRecord,
  spools: Spools,
  told: Told,
): Promise<Start> {
  const { child, identity } = await startChild(request, record.marker, ['pipe', 'pipe', 'pipe'])
  for (const stream of ['out', 'err'] as const) {
    child[stream === 'out' ? 'stdout' : 'stderr']?.on('data', (bytes: Buffer) => {
      spools[stream].write(bytes)
      told.output()
    })
  }
  child.once('exit', (code, signal) => {
    const at = Date.now()
    const closed = (): void => {
      clearTimeout(patience)
      for (const end of child.stdio) end?.destroy()
      spools.out.end()
      spools.err.end()
      writeDown(place, { code, signal, at }, told.ended)
    }
    const patience = setTimeout(() => {
      child.removeListener('close', closed)
      closed()
    }, lastOutput)
    child.once('close', closed)
  })
  // The caller of the write that failed is told; a process may end without reading.
  child.stdin?.on('error', () => undefined)
  writeRecord(place, { ...record, process: identity })
  return { identity, attached: pipesOf(child.stdin) }
}

function pipesOf(input: NodeJS.WritableStream | null): Attached {
  const stdin = input as import('node:stream').Writable
  const none = (): never => {
    throw new DaybookError('invalid_state', 'the process has no terminal')
  }
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (stdin.writableLength + bytes.length > mostInput && stdin.writableLength > 0)
          return reject(new DaybookError('busy', 'the process does not read what it is sent'))
        stdin.write(bytes, (error) => {
          if (error) reject(new DaybookError('invalid_state', 'the input of the process is closed', { cause: error }))
          else resolve()
        })
      }),
    closeInput: () => new Promise((resolve) => stdin.end(() => resolve())),
    resize: none,
    screen: none,
  }
}
