// The screen of a terminal, kept by reading what its program prints: what it shows, and what the program said of itself.

import { DaybookError } from '../../schema/errors.ts'
import type { Look, Screen, ShellMark } from './contract.ts'

/** Lines that scrolled away: in memory, and in a screen that is asked for. */
const scrollback = 1_000
const shownScrollback = 200

/** `invalid_state` where the packages are not installed. */
export async function loadTerminals() {
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

export type PtyModules = Awaited<ReturnType<typeof loadTerminals>>

/** What the emulator knows of a terminal, and how far it has read. */
export class Emulator {
  readonly #terminal: InstanceType<PtyModules['Terminal']>
  readonly #serializer: InstanceType<PtyModules['Serializer']>
  #offset = 0
  #title = ''
  #hidden = false
  #told: string | null = null
  #mark: ShellMark | null = null

  /** `answer` takes what a terminal says to its program: its position, what it can do. */
  constructor({ Terminal, Serializer }: PtyModules, cols: number, rows: number, answer: (text: string) => void) {
    this.#terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true })
    this.#serializer = new Serializer()
    this.#terminal.loadAddon(this.#serializer)
    this.#terminal.onData(answer)
    this.#terminal.onTitleChange((title) => {
      this.#title = title
    })
    this.#watchCursor()
    this.#watchWords()
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

  /** What a program says of its own state, and a shell of its prompts. */
  #watchWords(): void {
    const { parser } = this.#terminal
    parser.registerOscHandler(7501, (data) => {
      this.#told = /(?:^|[;:])state=([^;:]{1,64})/.exec(data)?.[1] ?? this.#told
      return true
    })
    parser.registerOscHandler(133, (data) => {
      this.#mark = shellMark(data) ?? this.#mark
      return true
    })
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
    return this.#read(() => ({
      ...this.#seen(),
      ansi: this.#serializer.serialize({ scrollback: shownScrollback }),
      cursorHidden: this.#hidden,
    }))
  }

  look(): Promise<Look> {
    return this.#read(() => {
      const alternate = this.#terminal.buffer.active.type === 'alternate'
      return { ...this.#seen(), alternate, told: this.#told, mark: this.#mark }
    })
  }

  #read<T>(take: () => T): Promise<T> {
    return new Promise((resolve) => this.#terminal.write('', () => resolve(take())))
  }

  #seen() {
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
    const text = lines.map((one) => one.trimEnd()).join('\n')
    return {
      offset: this.#offset,
      cols,
      rows,
      text,
      line,
      title: this.#title,
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

/** `A`, or `D;0;aid=x`; null for what is none. */
export function shellMark(data: string): ShellMark | null {
  const [kind = '', ...fields] = data.split(';')
  if (!/^[A-D]$/.test(kind)) return null
  const aid = fields.find((field) => field.startsWith('aid='))?.slice(4, 68) ?? null
  const exit = kind === 'D' && /^\d{1,3}$/.test(fields[0] ?? '') ? Number(fields[0]) : null
  return { kind: kind as ShellMark['kind'], aid, exit }
}
