// What a process printed, on its way into the log: gathered into pieces, its beginning and its end, each byte at most once.

/** One entry's worth of output. */
export interface Piece {
  readonly offset: number
  readonly bytes: number
  readonly text: string
}

/** An entry has so many bytes of output at most. */
const pieceBytes = 16_384

export interface OutputBounds {
  /** Bytes from the beginning that the log gets … */
  readonly first: number
  /** … and from the end; what lies between is only in what the host keeps. */
  readonly last: number
}

export class OutputLog {
  readonly #bounds: OutputBounds
  /** The next byte that is not in the log yet. */
  #next: number
  #waiting: Uint8Array = new Uint8Array()
  /** Behind the first bytes: only the last ones, told at the end. */
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #seen: number
  #ready: Piece[] = []

  /** @param next the first byte that the log does not have yet */
  constructor(bounds: OutputBounds, next = 0) {
    this.#bounds = bounds
    this.#next = next
    this.#seen = next
  }

  /** Bytes that came so far. */
  get seen(): number {
    return this.#seen
  }

  /** What came, from its offset on; what is in the log already is passed over. */
  add(offset: number, bytes: Uint8Array): void {
    const known = this.#seen - offset
    if (known >= bytes.length) return
    if (known < 0) this.#skip(offset)
    const fresh = known > 0 ? bytes.subarray(known) : bytes
    const at = Math.max(offset, this.#seen)
    this.#seen = at + fresh.length
    const room = Math.max(this.#bounds.first - at, 0)
    if (room > 0) this.#waiting = joined([this.#waiting, fresh.subarray(0, room)])
    if (fresh.length > room) this.#keep(fresh.subarray(room))
  }

  /** Whole lines that are ready, so that no secret is cut in two; with `all` also what stands behind the last one. */
  take(all: boolean): Piece[] {
    const pieces = this.#ready
    this.#ready = []
    while (this.#waiting.length > 0) {
      const most = this.#waiting.subarray(0, pieceBytes)
      const last = all && most.length === this.#waiting.length
      const whole = last ? most.length : endOfLine(most)
      if (whole === 0) break
      pieces.push(pieceOf(this.#next, most.subarray(0, whole)))
      this.#next += whole
      this.#waiting = this.#waiting.subarray(whole)
    }
    return pieces
  }

  /** Everything that the log still has to get, once no more comes. */
  end(): Piece[] {
    const pieces = this.take(true)
    const rest = joined(this.#kept)
    this.#next = this.#seen - rest.length
    this.#waiting = rest
    this.#kept = []
    return [...pieces, ...this.take(true)]
  }

  /** What stood before this is no longer there: what came until then stands for itself. */
  #skip(offset: number): void {
    this.#ready = this.take(true)
    this.#next = offset
    this.#seen = offset
    this.#kept = []
    this.#keptBytes = 0
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(bytes.slice())
    this.#keptBytes += bytes.length
    for (let [first] = this.#kept; first && this.#keptBytes - first.length >= this.#bounds.last; [first] = this.#kept) {
      this.#kept.shift()
      this.#keptBytes -= first.length
    }
    const [first] = this.#kept
    const over = this.#keptBytes - this.#bounds.last
    if (!first || over <= 0) return
    this.#kept[0] = first.subarray(over)
    this.#keptBytes -= over
  }
}

function pieceOf(offset: number, bytes: Uint8Array): Piece {
  return { offset, bytes: bytes.length, text: new TextDecoder().decode(bytes) }
}

/** How many bytes end with a line; of one that is longer than a piece, those of whole characters. */
function endOfLine(bytes: Uint8Array): number {
  const line = bytes.lastIndexOf(10) + 1
  return line > 0 || bytes.length < pieceBytes ? line : boundary(bytes)
}

/** How many bytes end before a character that has only begun. */
function boundary(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] ?? new Uint8Array()
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
