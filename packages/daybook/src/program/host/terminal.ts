// Processes with a terminal: the screen is kept by an emulator that also answers what programs ask of terminals.

import { constants } from 'node:os'
import { DaybookError } from '../../schema/errors.ts'
import { type Attached, mostInput, type Spools, type Start, type Told } from './attached.ts'
import { cleanCommand } from './clean.ts'
import type { Screen, SpawnRequest } from './contract.ts'
import { startError, writeDown } from './keeper.ts'
import { alive, type Identity, identityOf } from './proc.ts'
import { type ProcessRecord, writeRecord } from './record.ts'

/** Bytes that the emulator has not read yet, above which the program has to wait, and below which it goes on. */
const most = 512 << 10
const few = 128 << 10
/** Lines that scrolled away: in memory, and in a screen that is asked for. */
const scrollback = 1_000
const shownScrollback = 200

async function load() {
  try {
    const [pty, headless, serialize] = await Promise.all([
      import('@lydell/node-pty'),
      import('@xterm/headless'),
      import('@xterm/addon-serialize'),
    ])
    return { spawn: pty.spawn, Terminal: headless.default.Terminal, Serializer: serialize.default.SerializeAddon }
  } catch (cause) {
    const hint = 'npm install @lydell/node-pty @xterm/headless @xterm/addon-serialize'
    throw new DaybookError('invalid_state', 'terminals need packages that are not installed here', { hint, cause })
  }
}

type Modules = Awaited<ReturnType<typeof load>>
type Pty = ReturnType<Modules['spawn']>

/** What the emulator knows of a terminal, and how far it has read. */
class Emulator {
  readonly #terminal: InstanceType<Modules['Terminal']>
  readonly #serializer: InstanceType<Modules['Serializer']>
  #offset = 0
  #title = ''
  #hidden = false

  /** `answer` takes what a terminal says to its program: its position, what it can do. */
  constructor({ Terminal, Serializer }: Modules, cols: number, rows: number, answer: (text: string) => void) {
    this.#terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true })
    this.#serializer = new Serializer()
    this.#terminal.loadAddon(this.#serializer)
    this.#terminal.onData(answer)
    this.#terminal.onTitleChange((title) => {
      this.#title = title
    })
    this.#watchCursor()
  }

  /** The one mode that the emulator does not tell: whether the cursor is shown. */
  #watchCursor(): void {
    const { parser } = this.#terminal
    const set = (hidden: boolean) => (): false => {
      this.#hidden = hidden
      return false // the emulator reads it as well
    }
    const mode = (hidden: boolean) => (parameters: (number | number[])[]) =>
      parameters.includes(25) ? set(hidden)() : false
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, mode(false))
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, mode(true))
    parser.registerCsiHandler({ intermediates: '!', final: 'p' }, set(false))
    parser.registerEscHandler({ final: 'c' }, set(false))
  }

  write(bytes: Uint8Array, read: () => void): void {
    this.#terminal.write(bytes, () => {
      this.#offset += bytes.length
      read()
    })
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
  }

  /** Once what is waiting was read; taken in between two pieces, so that offset and screen agree. */
  screen(): Promise<Screen> {
    return new Promise((resolve) => this.#terminal.write('', () => resolve(this.#shown())))
  }

  #shown(): Screen {
    const { cols, rows, modes, buffer } = this.#terminal
    const { baseY, cursorX, cursorY } = buffer.active
    const lines: string[] = []
    for (let row = baseY; row < baseY + rows; row++) {
      const last = lines.length - 1
      if (row > baseY && this.#wrapped(row)) lines[last] += this.#row(row)
      else lines.push(this.#row(row))
    }
    let line = this.#row(baseY + cursorY, cursorX)
    for (let row = baseY + cursorY; row > 0 && this.#wrapped(row); row--) line = this.#row(row - 1) + line
    return {
      offset: this.#offset,
      cols,
      rows,
      ansi: this.#serializer.serialize({ scrollback: shownScrollback }),
      text: lines.map((text) => text.trimEnd()).join('\n'),
      line,
      title: this.#title,
      cursorHidden: this.#hidden,
      bracketedPaste: modes.bracketedPasteMode,
    }
  }

  #wrapped(row: number): boolean {
    return this.#terminal.buffer.active.getLine(row)?.isWrapped ?? false
  }

  #row(row: number, end?: number): string {
    return this.#terminal.buffer.active.getLine(row)?.translateToString(false, 0, end) ?? ''
  }

  end(): void {
    this.#terminal.dispose()
  }
}

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
  const modules = await load()
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
  pty.onExit(({ exitCode, signal }) => {
    const name = signalOf(signal)
    emulator.end()
    spools.out.end()
    writeDown(place, { code: name === null ? exitCode : null, signal: name, at: Date.now() }, told.ended)
  })
  writeRecord(place, { ...record, process: identity })
  return { identity, attached: terminalOf(pty, emulator) }
}

function terminalOf(pty: Pty, emulator: Emulator): Attached {
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
  }
}
