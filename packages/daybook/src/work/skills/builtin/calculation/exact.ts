// Exact numbers: fractions of whole numbers, bounded in size, with their decimal form.

import { DaybookError } from '../../../../schema/errors.ts'

/** In lowest terms; `d` is positive. */
export interface Exact {
  readonly n: bigint
  readonly d: bigint
}

/** Bits of a numerator or denominator: about 4,900 decimal digits. */
export const mostBits = 16_384

const mostValue = 1n << BigInt(mostBits)

/** @throws DaybookError `invalid` when it takes more than {@link mostBits}, or for a zero denominator */
export function exact(n: bigint, d = 1n): Exact {
  if (d === 0n) throw new DaybookError('invalid', 'division by zero', { field: 'expression' })
  const sign = d < 0n ? -1n : 1n
  const common = gcd(n, d)
  const reduced = { n: (sign * n) / common, d: (sign * d) / common }
  if (size(reduced.n) >= mostValue || reduced.d >= mostValue) throw tooLarge()
  return reduced
}

export function tooLarge(): DaybookError {
  return new DaybookError('invalid', 'the result, or a part of it, has more than about 4,900 digits', {
    field: 'expression',
  })
}

export const add = (a: Exact, b: Exact): Exact => exact(a.n * b.d + b.n * a.d, a.d * b.d)
export const subtract = (a: Exact, b: Exact): Exact => exact(a.n * b.d - b.n * a.d, a.d * b.d)
export const multiply = (a: Exact, b: Exact): Exact => exact(a.n * b.n, a.d * b.d)
export const divide = (a: Exact, b: Exact): Exact => exact(a.n * b.d, a.d * b.n)
export const negate = (a: Exact): Exact => ({ n: -a.n, d: a.d })
export const isWhole = (a: Exact): boolean => a.d === 1n
export const compare = (a: Exact, b: Exact): number => Number(sign(a.n * b.d - b.n * a.d))

/** The remainder has the sign of `b`, as in mathematics. */
export function modulo(a: Exact, b: Exact): Exact {
  return subtract(a, multiply(b, floor(divide(a, b))))
}

export function floor({ n, d }: Exact): Exact {
  return exact(n < 0n && n % d !== 0n ? n / d - 1n : n / d)
}

/** Halves go away from zero. */
export function round({ n, d }: Exact): Exact {
  const rounded = (size(n) * 2n + d) / (d * 2n)
  return exact(n < 0n ? -rounded : rounded)
}

/** A whole power; its size is judged before it is computed. */
export function power(base: Exact, exponent: bigint): Exact {
  const times = size(exponent)
  const bits = BigInt(Math.max(bitsOf(base.n), bitsOf(base.d)) - 1)
  if (bits * times > BigInt(mostBits)) throw tooLarge()
  // Only 0, 1 and -1 come here with a large exponent: their powers go by its parity.
  const few = bits === 0n ? times % 2n || (times === 0n ? 0n : 2n) : times
  return exponent < 0n ? exact(base.d ** few, base.n ** few) : exact(base.n ** few, base.d ** few)
}

/** The root where it is exact, else null. */
export function squareRoot({ n, d }: Exact): Exact | null {
  if (n < 0n) return null
  const [top, bottom] = [wholeRoot(n), wholeRoot(d)]
  return top * top === n && bottom * bottom === d ? { n: top, d: bottom } : null
}

/** The exact value of a decimal literal such as `12.50` or `1e-3`. */
export function fromLiteral(text: string): Exact {
  const [, whole = '', part = '', exponent = '0'] = /^(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const shift = Number(exponent) - part.length
  if (Math.abs(shift) > mostBits / 4) throw tooLarge()
  const digits = BigInt(`${whole}${part}` || '0')
  return shift < 0 ? exact(digits, 10n ** BigInt(-shift)) : exact(digits * 10n ** BigInt(shift))
}

export function toDouble({ n, d }: Exact): number {
  const shift = BigInt(Math.max(0, 64 + bitsOf(d) - bitsOf(n)))
  // Both sides may be beyond the range of doubles while their ratio is not.
  const scaled = (n << shift) / d
  const excess = Math.max(0, bitsOf(scaled) - 64)
  return Number(scaled >> BigInt(excess)) * 2 ** excess * 2 ** -Number(shift)
}

/** The decimal form when it ends, else null. */
export function toDecimal({ n, d }: Exact): string | null {
  let [rest, twos, fives] = [d, 0, 0]
  for (; rest % 2n === 0n; twos++) rest /= 2n
  for (; rest % 5n === 0n; fives++) rest /= 5n
  if (rest !== 1n) return null
  return placed(n * (10n ** BigInt(Math.max(twos, fives)) / d), Math.max(twos, fives))
}

/** Rounded to so many significant digits, without trailing zeros. */
export function toRounded(value: Exact, digits: number): string {
  const { n, d } = value
  // From the lengths of both sides the first digit's place is known, up to one.
  const places = digits - (size(n).toString().length - d.toString().length)
  if (places > 0) return trimmed(placed(round(multiply(value, exact(10n ** BigInt(places)))).n, places))
  const unit = exact(10n ** BigInt(-places))
  return multiply(round(divide(value, unit)), unit).n.toString()
}

function placed(n: bigint, places: number): string {
  const text = size(n)
    .toString()
    .padStart(places + 1, '0')
  const cut = text.length - places
  return `${n < 0n ? '-' : ''}${text.slice(0, cut)}${places > 0 ? `.${text.slice(cut)}` : ''}`
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
export const size = (n: bigint): bigint => (n < 0n ? -n : n)
const sign = (n: bigint): bigint => (n === 0n ? 0n : n < 0n ? -1n : 1n)
const bitsOf = (n: bigint): number => {
  const text = size(n).toString(16)
  return text.length * 4 - Math.clz32(Number.parseInt(text[0] ?? '0', 16) || 1) + 28
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [size(a), size(b)]
  while (y !== 0n) [x, y] = [y, x % y]
  return x === 0n ? 1n : x
}

/** The whole part of the root, by Newton's steps from above. */
function wholeRoot(n: bigint): bigint {
  if (n < 2n) return n
  let guess = 1n << BigInt(Math.ceil(bitsOf(n) / 2))
  for (;;) {
    const next = (guess + n / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}
