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
  #bounds: OutputBounds
  /** The next byte that is not in the log yet. */
  #next: number
  #waiting: Uint8Array = new Uint8Array()
  /** Behind the first bytes: only the last ones, told at the end. */
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #seen: number
  #ready: Piece[] = []
  /** What comes next may be the rest of a word. */
  #broken = false

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

  /** From here on the log gets less, where it has not got more already. */
  narrow(bounds: OutputBounds): void {
    const { first, last } = this.#bounds
    this.#bounds = { first: Math.min(first, bounds.first), last: Math.min(last, bounds.last) }
  }

  /** What came, from its offset on; what is in the log already is passed over. */
  add(offset: number, bytes: Uint8Array): void {
    const known = this.#seen - offset
    if (known >= bytes.length) return
    if (known < 0) this.#skip(offset)
    const news = known > 0 ? bytes.subarray(known) : bytes
    const passed = this.#broken ? startOfWord(news) : 0
    if (passed < news.length) this.#broken = false
    const fresh = news.subarray(passed)
    const at = Math.max(offset, this.#seen) + passed
    if (passed > 0) this.#next = at
    this.#seen = at + fresh.length
    const room = Math.max(this.#bounds.first - at, 0)
    if (room > 0) this.#waiting = joined([this.#waiting, fresh.subarray(0, room)])
    if (fresh.length > room) this.#keep(fresh.subarray(room))
  }

  /** Whole lines that are ready, so that no word, which may be a secret, is cut in two; with `all` also what stands behind the last one. */
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

  /** Everything that the log still has to get; where more comes behind the last line, with `all` false, without what stands there. */
  end(all = true): Piece[] {
    const rest = joined(this.#kept)
    const from = this.#seen - rest.length
    const isWhole = from === this.#next + this.#waiting.length
    this.#kept = []
    if (isWhole) {
      this.#waiting = joined([this.#waiting, rest])
      return this.take(all)
    }
    const first = this.#leave()
    const start = startOfWord(rest)
    this.#next = from + start
    this.#waiting = rest.subarray(start)
    return [...first, ...this.take(all)]
  }

  /** What stands before something that the log does not get: half a word at its end is left out as well. */
  #leave(): Piece[] {
    const pieces = this.take(false)
    this.#waiting = this.#waiting.subarray(0, endOfWord(this.#waiting))
    return [...pieces, ...this.take(true)]
  }

  /** What stood before this is no longer there: what came until then stands for itself. */
  #skip(offset: number): void {
    this.#ready = this.#leave()
    this.#next = offset
    this.#seen = offset
    this.#kept = []
    this.#keptBytes = 0
    this.#broken = true
  }

  /** One byte more than the log gets says whether what follows it begins with a whole word. */
  #keep(bytes: Uint8Array): void {
    if (this.#bounds.last === 0) return
    const most = this.#bounds.last + 1
    this.#kept.push(bytes.slice())
    this.#keptBytes += bytes.length
    for (let [first] = this.#kept; first && this.#keptBytes - first.length >= most; [first] = this.#kept) {
      this.#kept.shift()
      this.#keptBytes -= first.length
    }
    const [first] = this.#kept
    const over = this.#keptBytes - most
    if (!first || over <= 0) return
    this.#kept[0] = first.subarray(over)
    this.#keptBytes -= over
  }
}

function pieceOf(offset: number, bytes: Uint8Array): Piece {
  return { offset, bytes: bytes.length, text: new TextDecoder().decode(bytes) }
}

/** How many bytes end with a line; of one that is longer than a piece, those of whole words. */
function endOfLine(bytes: Uint8Array): number {
  const line = bytes.lastIndexOf(10) + 1
  return line > 0 || bytes.length < pieceBytes ? line : endOfWord(bytes) || boundary(bytes)
}

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** Where the last word begins that may go on. */
function endOfWord(bytes: Uint8Array): number {
  return bytes.findLastIndex(isSpace) + 1
}

/** Where the first word begins that is whole; nowhere in what is one word, unless it is too long to be one. */
function startOfWord(bytes: Uint8Array): number {
  const space = bytes.findIndex(isSpace)
  if (space >= 0) return space + 1
  return bytes.length < pieceBytes
    ? bytes.length
    : Math.max(
        bytes.findIndex((byte) => byte < 0x80 || byte >= 0xc0),
        0,
      )
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
