// What clients send: keys go through, and what their terminals answer by themselves is dropped, for the process host has answered already.

/** Milliseconds in which a terminal answers a question. */
const answerMs = 2000
const longestHeld = 4096

const answer =
  /\x1b(?:\[(?:[?>=][\d;]*[cnuR]|[?]?[\d;]+\$y|\d*n|\d+;\d+(?:;\d+)?R|[23];[\d;]*x|\d+(?:;\d+)*t)|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\))/g
const unfinished = /\x1b(?:\[[?>=]?[\d;]*\$?|[\]P_][^\x07\x1b]*\x1b?)$/
const question = /\x1b\[\??6n/
/** Where the cursor stands in the first row, and also what some keys with Shift, Alt or Ctrl send. */
const ambiguous = /^\x1b\[1;[2-8]R$/

export class Answers {
  readonly #clock: () => number
  #askedAt = Number.NEGATIVE_INFINITY
  #before = ''
  #held = ''

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock
  }

  /** What the client was shown: it may ask where the cursor is. */
  shown(bytes: Uint8Array): void {
    const text = this.#before + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    if (question.test(text)) this.#askedAt = this.#clock()
    this.#before = text.slice(-4)
  }

  /** Something stands at the end that may be the beginning of an answer, or keys: {@link flush} it soon. */
  get holds(): boolean {
    return this.#held !== ''
  }

  /** The keys among it. */
  take(bytes: Uint8Array): Buffer {
    const text = this.#held + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const asked = this.#clock() - this.#askedAt <= answerMs
    const keys = text.replace(answer, (found) => (ambiguous.test(found) && !asked ? found : ''))
    const [rest = ''] = unfinished.exec(keys) ?? []
    this.#held = rest.length > longestHeld ? '' : rest
    return Buffer.from(keys.slice(0, keys.length - this.#held.length), 'latin1')
  }

  /** No more came: then these were keys. */
  flush(): Buffer {
    const keys = Buffer.from(this.#held, 'latin1')
    this.#held = ''
    return keys
  }
}
