// Processes behind pipes: the host reads them into spools and writes what they are told.

import type { Writable } from 'node:stream'
import { DaybookError } from '../../schema/errors.ts'
import { type Attached, mostInput, type Spools, type Start, type Told } from './attached.ts'
import { cleanCommand } from './clean.ts'
import type { SpawnRequest } from './contract.ts'
import { startProcess, writeDown } from './keeper.ts'
import { type ProcessRecord, writeRecord } from './record.ts'

/** Milliseconds for what was printed before an exit to arrive, where a descendant keeps the pipe open. */
const lastOutput = 500

export async function attachPipes(
  place: string,
  request: SpawnRequest,
  record: ProcessRecord,
  spools: Spools,
  told: Told,
): Promise<Start> {
  const clean = { ...request, ...(await cleanCommand(place, request, record.marker)) }
  const { child, identity } = await startProcess(clean, record.marker, ['pipe', 'pipe', 'pipe'])
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

function pipesOf(input: Writable | null): Attached {
  const stdin = input as Writable
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
    look: none,
  }
}
