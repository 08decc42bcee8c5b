// Ids: a prefix and 26 Crockford base-32 characters of a UUIDv7, and the short tails that people type.

export type SessionId = string
export type RunId = string
export type Seq = number
/** Name of a tenant; two tenants may invent the same session id and never learn of each other. */
export type Tenant = string
/** Who may own or read a session, for example `local` or `user:anna`. */
export type Subject = string
/** Who caused an entry: `user:anna`, `agent:coder`, `engine`. */
export type Actor = string
/** SHA-256 in base64url, 43 characters. */
export type Hash = string

export type IdPrefix = 'ses' | 'run' | 'stp' | 'apr' | 'prc' | 'ado'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const accepted = /^(?!\.+$)@?[A-Za-z0-9._:-]{1,128}$/

/** 128 bits as 26 Crockford base-32 characters, most significant first. */
export function crockford(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 2
  // 26 x 5 = 130 bits: two leading zero bits make the last group whole.
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 5) {
      held -= 5
      text += alphabet[(bits >>> held) & 31]
    }
    bits &= (1 << held) - 1
  }
  return text
}

const drawn = new Uint8Array(4096)
let left = 0

/** 16 random bytes, each given out once: the system is asked for them by the page, for asking costs more than the bytes. */
function random16(): Uint8Array {
  if (left === 0) {
    crypto.getRandomValues(drawn)
    left = drawn.length
  }
  left -= 16
  const bytes = drawn.slice(left, left + 16)
  drawn.fill(0, left, left + 16)
  return bytes
}

/** A new id that sorts by its time of birth (RFC 9562, UUID version 7). Nothing may read the time back out of it. */
export function newId(prefix: IdPrefix, now: number): string {
  const bytes = random16()
  for (let index = 0; index < 6; index += 1) bytes[index] = Math.floor(now / 2 ** (40 - 8 * index)) % 256
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return `${prefix}_${crockford(bytes)}`
}

/** An id in the same form from the first 16 bytes of a digest; the same digest gives the same id. */
export function idFromDigest(prefix: IdPrefix, digest: Uint8Array): string {
  return `${prefix}_${crockford(digest.subarray(0, 16))}`
}

/** True for whole ids that the log accepts: 1 to 128 of `A-Z a-z 0-9 . _ : -`, not only dots; a leading `@` marks a system session. */
export function isSessionId(text: string): boolean {
  return text.length <= 128 && accepted.test(text)
}

/** System sessions hold registries (`@user:…`, `@app`); they are outside lists, feeds and forks. */
export function isSystemId(id: SessionId): boolean {
  return id.startsWith('@')
}

/** Shortest tail that people see. */
export const tailLength = 4

/** The tail of an id as people type it, in lower case; `length` is at least {@link tailLength}. */
export function tailOf(id: SessionId, length: number = tailLength): string {
  return id.slice(-Math.max(length, tailLength)).toLowerCase()
}

/** The shortest tail (at least {@link tailLength} characters) of `id` that none of `others` shares. */
export function uniqueTail(id: SessionId, others: Iterable<SessionId>): string {
  const own = id.toLowerCase()
  let length = tailLength
  for (const other of others) {
    if (other === id) continue
    const theirs = other.toLowerCase()
    while (length < own.length && theirs.endsWith(own.slice(-length))) length += 1
  }
  return own.slice(-length)
}
