// Asks a provider over the network, and says in one way for all of them what it refused: the packages each have their own,
// some print what they got, and one forgets the headers.

import { exchange } from './exchange.ts'
import { retryAfterMs } from './retry-after.ts'

/** An answer of HTTP that is no success. Holds nothing of what was said: only words of the provider's own small set. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal'
  readonly status: number
  readonly waitMs: number | undefined
  /** The provider's words for it, as `invalid_request_error`, `model_not_found`. */
  readonly words: readonly string[]
  /** It spoke of too long a text. */
  readonly tooLong: boolean

  constructor(status: number, body: unknown, waitMs: number | undefined) {
    super(`HTTP ${status}`)
    this.status = status
    this.waitMs = waitMs
    this.words = wordsOf(body)
    this.tooLong = status === 413 || isTooLong(body)
  }
}

/** No answer came. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  /** Of the system, as `ECONNREFUSED`. */
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** Bytes of a refusal that are read to find out why. */
const refusalBytes = 64 * 1024

export function transport(now: () => number): typeof fetch {
  return async (input, init) => {
    // Nothing is asked of where a redirect leads: a key in a vendor's own header would go there with it.
    const response = await exchange(input, init).catch((error: unknown) => {
      if (init?.signal?.aborted === true) throw error
      throw new Unanswered(codeOf(error))
    })
    if (response.ok) return response
    throw new HttpRefusal(response.status, await bodyOf(response), retryAfterMs(response.headers, now()))
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      size += chunk.length
      if (size > refusalBytes) break
    }
  } catch {
    // A refusal whose reasons broke off is still the refusal that its status says.
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks))
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function codeOf(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && isWord(code)) return code
  }
  return 'no answer'
}

const isWord = (text: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_.-]{1,63}$/.test(text) && /[a-z]_[a-z]|^[A-Z_]+$|Error$|^[a-z]+$/.test(text)

/** Words by which a provider names what is wrong, wherever it puts them. Never a sentence: those repeat what was sent. */
export function wordsOf(body: unknown): readonly string[] {
  const found = new Set<string>()
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 3) return
    for (const [key, member] of Object.entries(value)) {
      if (['type', 'code', 'status', 'reason'].includes(key) && typeof member === 'string' && isWord(member)) {
        if (member !== 'error') found.add(member)
      } else look(member, depth + 1)
    }
  }
  look(body, 0)
  return [...found].slice(0, 4)
}

const tooLong =
  /context[ _]length|context[ _]window|too long|too many (?:input )?tokens|maximum context|exceeds? the (?:maximum|limit|context)|token count.{0,40}exceeds|input is too large|reduce the length/i

export function isTooLong(body: unknown): boolean {
  return tooLong.test(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''))
}
