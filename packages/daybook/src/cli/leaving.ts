// The keys by which a person leaves a process without ending it: Ctrl-\ and then d.

const lead = 0x1c
/** The same as programs get it that asked for every key by its number. */
const leadSequence = Buffer.from('\x1b[92;5u')
const leave = 0x64

export interface Pressed {
  /** What goes on to the program. */
  readonly keys: Buffer
  readonly left: boolean
}

export class Leaving {
  #led = false

  /** Ctrl-\ twice sends one; before anything else it goes on with it. */
  take(bytes: Uint8Array): Pressed {
    const keys: number[] = []
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at)
      const leads = rest[0] === lead ? 1 : startsWith(rest, leadSequence) ? leadSequence.length : 0
      at += Math.max(leads, 1)
      if (this.#led) {
        this.#led = false
        if (rest[0] === leave) return { keys: Buffer.from(keys), left: true }
        keys.push(lead)
        if (leads === 0) keys.push(rest[0] ?? 0)
      } else if (leads > 0) this.#led = true
      else keys.push(rest[0] ?? 0)
    }
    return { keys: Buffer.from(keys), left: false }
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, at) => bytes[at] === byte)
}
