// Processes behind pipes: the host reads them into spools and writes what they are told.

import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { DaybookError } from '../../schema/errors.ts'
import { type Attached, mostInput, type Spools, type Start, type Told } from './attached.ts'
import { cleanCommand } from './clean.ts'
import type { SpawnRequest } from './contract.ts'
import { pipesAt } from './fifo.ts'
import { startProcess, writeDown } from './keeper.ts'
import type { Identity } from './proc.ts'
import { type ProcessRecord, writeRecord } from './record.ts'

/** Milliseconds for what was printed before an exit to arrive, where a descendant keeps the pipe open. */
const lastOutput = 500

interface Started {
  readonly child: ChildProcess
  readonly identity: Identity
  readonly input: Writable
  readonly out: Readable
  readonly err: Readable
}

async function started(place: string, request: SpawnRequest, marker: string): Promise<Started> {
  const pipes = await pipesAt(place)
  if (pipes === null) {
    const { child, identity } = await startProcess(request, marker, ['pipe', 'pipe', 'pipe'])
    const { stdin, stdout, stderr } = child as ChildProcessByStdio<Writable, Readable, Readable>
    return { child, identity, input: stdin, out: stdout, err: stderr }
  }
  try {
    return { ...(await startProcess(request, marker, [...pipes.child])), ...pipes.own }
  } catch (error) {
    for (const end of Object.values(pipes.own)) end.destroy()
    throw error
  } finally {
    for (const fd of pipes.child) closeSync(fd)
  }
}

export async function attachPipes(
  place: string,
  request: SpawnRequest,
  record: ProcessRecord,
  spools: Spools,
  told: Told,
): Promise<Start> {
  const clean = { ...request, ...(await cleanCommand(place, request, record.marker)) }
  const { child, identity, input, out, err } = await started(place, clean, record.marker)
  const ended = [out, err].map((stream) => new Promise((resolve) => stream.once('close', resolve)))
  for (const [stream, spool] of [[out, spools.out] as const, [err, spools.err] as const]) {
    stream.on('data', (bytes: Buffer) => {
      spool.write(bytes)
      told.output()
    })
  }
  child.once('exit', async (code, signal) => {
    const at = Date.now()
    await Promise.race([Promise.all(ended), setTimeout(lastOutput)])
    for (const end of [input, out, err]) end.destroy()
    spools.out.end()
    spools.err.end()
    writeDown(place, { code, signal, at }, told.ended)
  })
  // The caller of the write that failed is told; a process may end without reading.
  input.on('error', () => undefined)
  writeRecord(place, { ...record, process: identity })
  return { identity, attached: pipesOf(input) }
}

function pipesOf(stdin: Writable): Attached {
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
