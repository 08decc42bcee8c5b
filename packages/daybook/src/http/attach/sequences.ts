// Reads what a program prints for sequences that a page must never get: titles, clipboard, links, device strings, windows.

const esc = 0x1b
const bell = 0x07
/** Terminals pass it over. */
const deleting = 0x7f
const cancels: ReadonlySet<number> = new Set([0x18, 0x1a])
/** Behind an escape: device strings, strings to nobody, and the title of an older terminal. */
const strings: ReadonlySet<number> = new Set([0x50, 0x58, 0x5e, 0x5f, 0x6b])
/** The same as one character of the second set. */
const c1Strings: ReadonlySet<number> = new Set([0x90, 0x98, 0x9e, 0x9f])
const longestControl = 256
const nothing: readonly number[] = []

/** Where it stands: in text, behind an escape, in a control sequence, in a system command, in another string. */
type Inside = 'ground' | 'escape' | 'control' | 'command' | 'string' | 'c1'

/**
 * Takes output in pieces, wherever they are cut. What is left holds no string for the terminal itself (OSC, DCS, APC, PM, SOS) and
 * no window control; text, colours, cursor, modes and questions pass.
 */
export class Sequences {
  #inside: Inside = 'ground'
  /** Of what is not decided yet. */
  #held: readonly number[] = nothing
  /** Bytes that the character at the end still wants. */
  #wanted = 0
  #open = 0

  /** Bytes at the end of what was taken that belong to something unfinished: a terminal that is shown the rest needs them too. */
  get open(): number {
    return this.#open
  }

  /** The harmless part of it. */
  take(bytes: Uint8Array): Buffer {
    const out: number[] = []
    for (const byte of bytes) {
      if (this.#inside === 'ground' && byte < 0x80 && byte !== esc) {
        this.#wanted = 0
        out.push(byte)
      } else out.push(...this.#step(byte))
      this.#open = this.#inside === 'ground' && this.#wanted === 0 ? 0 : this.#open + 1
    }
    return Buffer.from(out)
  }

  /** What may pass now. */
  #step(byte: number): readonly number[] {
    switch (this.#inside) {
      case 'ground':
        return this.#ground(byte)
      case 'escape':
        return this.#escape(byte)
      case 'control':
        return this.#control(byte)
      case 'c1':
        return this.#c1(byte)
      default:
        return this.#string(byte)
    }
  }

  #begin(inside: Inside, ...held: readonly number[]): readonly number[] {
    if (inside === 'escape' || inside === 'c1') this.#open = 0
    this.#inside = inside
    this.#held = held
    this.#wanted = 0
    return nothing
  }

  #end(...passing: readonly number[]): readonly number[] {
    this.#begin('ground')
    return passing
  }

  #ground(byte: number): readonly number[] {
    if (byte === esc) return this.#begin('escape')
    if (byte === 0xc2) return this.#begin('c1')
    if (byte > 0xc2 && byte <= 0xf4) {
      this.#wanted = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1
      this.#open = 0
    } else this.#wanted = Math.max(this.#wanted - 1, 0)
    return [byte]
  }

  #escape(byte: number): readonly number[] {
    if (byte === esc) return this.#begin('escape')
    if (byte === 0x5b) return this.#begin('control', esc, byte)
    if (byte === 0x5d) return this.#begin('command')
    if (strings.has(byte)) return this.#begin('string')
    if (cancels.has(byte)) return this.#end()
    if (byte < 0x20) return [byte] // acted upon, and what follows is still behind the escape
    if (byte === deleting) return nothing
    return byte > deleting ? this.#broken(byte) : this.#end(esc, byte)
  }

  /** A character that no sequence holds ends it, and may begin another: nothing of the first one passes. */
  #broken(byte: number): readonly number[] {
    this.#end()
    return this.#ground(byte)
  }

  /** Controls of the second set, as UTF-8 writes them. */
  #c1(byte: number): readonly number[] {
    if (byte === 0x9b) return this.#begin('control', esc, 0x5b)
    if (byte === 0x9d) return this.#begin('command')
    if (c1Strings.has(byte)) return this.#begin('string')
    if (byte >= 0x80 && byte < 0xc0) return this.#end(0xc2, byte)
    this.#end()
    return [0xc2, ...this.#ground(byte)]
  }

  #control(byte: number): readonly number[] {
    if (byte === esc) return this.#begin('escape')
    if (cancels.has(byte)) return this.#end()
    if (byte < 0x20) return [byte] // acted upon in the middle of a sequence
    if (byte === deleting) return nothing
    if (byte > deleting) return this.#broken(byte)
    const whole = [...this.#held, byte]
    if (byte < 0x40) {
      if (whole.length <= longestControl) this.#held = whole
      return nothing
    }
    return byte === 0x74 || whole.length > longestControl ? this.#end() : this.#end(...whole)
  }

  /** Dropped up to its end: an escape with a backslash, the same as one character, or of system commands a bell. */
  #string(byte: number): readonly number[] {
    const [before] = this.#held
    this.#held = nothing
    if (before === esc && byte !== 0x5c) {
      this.#begin('escape')
      this.#open = 1
      return this.#escape(byte)
    }
    const ends = before === esc || (before === 0xc2 && byte === 0x9c)
    if (ends || cancels.has(byte) || (byte === bell && this.#inside === 'command')) return this.#end()
    if (byte === esc || byte === 0xc2) this.#held = [byte]
    return nothing
  }
}
