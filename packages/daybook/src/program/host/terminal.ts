// Processes with a terminal: what they print goes to a spool, and to an emulator that also answers what programs ask of terminals.

import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { DaybookError } from '../../schema/errors.ts'
import { type Attached, mostInput, type Spools, type Start, type Told } from './attached.ts'
import { cleanCommand } from './clean.ts'
import type { SpawnRequest } from './contract.ts'
import { Emulator, loadTerminals, type PtyModules } from './emulator.ts'
import { startError, writeDown } from './keeper.ts'
import { alive, type Identity, identityOf } from './proc.ts'
import { isRead } from './reads.ts'
import { type ProcessRecord, writeRecord } from './record.ts'

/** Bytes that the emulator has not read yet, above which the program has to wait, and below which it goes on. */
const most = 512 << 10
const few = 128 << 10
type Pty = ReturnType<PtyModules['spawn']>

/** Waits for the emulator, never for a client: what a program prints is bounded by what is shown, not by who looks. */
function pump(pty: Pty, identity: Identity, emulator: Emulator, { out }: Spools, told: Told): void {
  let waiting = 0
  let paused = false
  // Without an encoding what it gives are bytes, whatever its types say.
  pty.onData((data: unknown) => {
    const bytes = data as Buffer
    out.write(bytes)
    told.output()
    waiting += bytes.length
    if (waiting > most && !paused) {
      paused = true
      pty.pause()
    }
    emulator.write(bytes, () => {
      waiting -= bytes.length
      // Of one that has ended the rest has to be read at once: its terminal is closed soon.
      if (!paused || (waiting > few && alive(identity))) return
      paused = false
      pty.resume()
    })
  })
}

/** Milliseconds at most for what was printed before an exit, where a descendant goes on printing. */
const lastOutput = 2_000

/**
 * The library ends a terminal 200 ms after its process, whether all was read or not. Here it is ended once a whole turn of the
 * loop, in which what there is would have been read, brought nothing.
 */
function readToTheEnd(pty: Pty): void {
  const { _socket: socket } = pty as unknown as { _socket: Socket }
  const destroy = socket.destroy
  let [read, until] = [0, Number.POSITIVE_INFINITY]
  socket.on('data', ({ length }: Buffer) => {
    read += length
  })
  const look = (): void => {
    const before = read
    pty.resume()
    setImmediate(() =>
      setImmediate(() => {
        if (read > before && performance.now() < until) look()
        else destroy.call(socket)
      }),
    )
  }
  socket.destroy = (error) => {
    if (error !== undefined) return destroy.call(socket, error)
    if (until === Number.POSITIVE_INFINITY) {
      until = performance.now() + lastOutput
      look()
    }
    return socket
  }
}

function signalOf(number: number | undefined): string | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found?.[0] ?? null
}

export async function attachPty(
  place: string,
  request: SpawnRequest,
  record: ProcessRecord,
  spools: Spools,
  told: Told,
): Promise<Start> {
  const modules = await loadTerminals()
  const { cwd, cols = 120, rows = 40 } = request
  const command = await cleanCommand(place, request, record.marker)
  const mask = process.umask(0o077)
  let pty: Pty
  try {
    pty = modules.spawn(command.binary, [...command.args], { cols, rows, cwd, env: command.env, encoding: null })
  } catch (error) {
    throw startError(error)
  } finally {
    process.umask(mask)
  }
  const identity = identityOf(pty.pid)
  const emulator = new Emulator(modules, cols, rows, (text) => pty.write(text))
  pump(pty, identity, emulator, spools, told)
  readToTheEnd(pty)
  pty.onExit(({ exitCode, signal }) => {
    const name = signalOf(signal)
    emulator.end()
    spools.out.end()
    writeDown(place, { code: name === null ? exitCode : null, signal: name, at: Date.now() }, told.ended)
  })
  writeRecord(place, { ...record, process: identity })
  return { identity, attached: terminalOf(pty, identity, emulator) }
}

function terminalOf(pty: Pty, { pid }: Identity, emulator: Emulator): Attached {
  return {
    write: async (bytes) => {
      // The library keeps what the program has not read, and has no public word for how much that is.
      const { _socket: socket } = pty as unknown as { _socket: { writableLength: number } }
      if (socket.writableLength > 0 && socket.writableLength + bytes.length > mostInput)
        throw new DaybookError('busy', 'the process does not read what it is sent')
      pty.write(Buffer.from(bytes) as unknown as string)
    },
    closeInput: async () => {
      throw new DaybookError('invalid_state', 'the input of a terminal does not end: write what ends it (Ctrl-D)')
    },
    resize: (cols, rows) => {
      pty.resize(cols, rows)
      emulator.resize(cols, rows)
    },
    screen: () => emulator.screen(),
    look: async (asks) => {
      const sight = await emulator.look()
      return asks ? { ...sight, reads: await isRead(pid) } : sight
    },
  }
}
