// Calculates a formula: exactly as long as its parts are exact, in doubles from the first irrational part on.

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  floor,
  fromLiteral,
  gcd,
  isWhole,
  modulo,
  multiply,
  negate,
  power,
  round,
  size,
  squareRoot,
  subtract,
  toDouble,
} from './exact.ts'
import { type Formula, type Operator, refused } from './formula.ts'

/** A number beyond fractions, such as a root or a sine. */
export type Value = Exact | number

const mostFactorial = 1000n
const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
  ['tau', 2 * Math.PI],
])

const isReal = (value: Value): value is number => typeof value === 'number'
const real = (value: Value): number => (isReal(value) ? value : toDouble(value))
/** Over both numbers, exactly if both are. */
const pair = (
  a: Value,
  b: Value,
  exactly: (a: Exact, b: Exact) => Exact,
  inDoubles: (a: number, b: number) => number,
) => (isReal(a) || isReal(b) ? finite(inDoubles(real(a), real(b))) : exactly(a, b))

const binaries: Readonly<Record<Operator, (a: Value, b: Value) => Value>> = {
  '+': (a, b) => pair(a, b, add, (x, y) => x + y),
  '-': (a, b) => pair(a, b, subtract, (x, y) => x - y),
  '*': (a, b) => pair(a, b, multiply, (x, y) => x * y),
  '/': (a, b) => pair(a, b, divide, (x, y) => x / y),
  '%': (a, b) => pair(a, b, modulo, (x, y) => x - y * Math.floor(x / y)),
  '**': raise,
}

/** Each with the fewest and the most numbers it takes. */
const calls: ReadonlyMap<string, readonly [least: number, most: number, (...given: Value[]) => Value]> = new Map<
  string,
  readonly [number, number, (...given: Value[]) => Value]
>([
  ['sqrt', [1, 1, root]],
  ['abs', [1, 1, (a = zero) => (isReal(a) ? Math.abs(a) : exact(size(a.n), a.d))]],
  ['floor', [1, 1, (a = zero) => (isReal(a) ? Math.floor(a) : floor(a))]],
  ['ceil', [1, 1, (a = zero) => (isReal(a) ? Math.ceil(a) : negate(floor(negate(a))))]],
  ['trunc', [1, 1, (a = zero) => (isReal(a) ? Math.trunc(a) : exact(a.n / a.d))]],
  ['round', [1, 2, rounded]],
  ['min', [1, 100, (...all) => all.reduce((a, b) => (order(a, b) <= 0 ? a : b))]],
  ['max', [1, 100, (...all) => all.reduce((a, b) => (order(a, b) >= 0 ? a : b))]],
  ['sum', [1, 100, (...all) => all.reduce(binaries['+'])]],
  ['avg', [1, 100, (...all) => binaries['/'](all.reduce(binaries['+']), exact(BigInt(all.length)))]],
  ['mod', [2, 2, (a = zero, b = zero) => binaries['%'](a, b)]],
  ['pow', [2, 2, (a = zero, b = zero) => raise(a, b)]],
  ['gcd', [2, 2, (a = zero, b = zero) => exact(gcd(whole(a), whole(b)))]],
  ['lcm', [2, 2, (a = zero, b = zero) => exact(size(whole(a) * whole(b)) / gcd(whole(a), whole(b)))]],
  ['factorial', [1, 1, (a = zero) => factorial(a)]],
  ['exp', [1, 1, inDoubles(Math.exp)]],
  ['ln', [1, 1, inDoubles(Math.log)]],
  ['log', [1, 2, logarithm]],
  ['log2', [1, 1, inDoubles(Math.log2)]],
  ['log10', [1, 1, inDoubles(Math.log10)]],
  ['sin', [1, 1, inDoubles(Math.sin)]],
  ['cos', [1, 1, inDoubles(Math.cos)]],
  ['tan', [1, 1, inDoubles(Math.tan)]],
  ['asin', [1, 1, inDoubles(Math.asin)]],
  ['acos', [1, 1, inDoubles(Math.acos)]],
  ['atan', [1, 1, inDoubles(Math.atan)]],
])

const zero = exact(0n)
const hundred = exact(100n)

/** @throws DaybookError `invalid`, field `expression`, for unknown names, undefined results and sizes over the limit */
export function evaluate(formula: Formula): Value {
  switch (formula.type) {
    case 'number':
      return fromLiteral(formula.text)
    case 'name':
      return constants.get(formula.name) ?? unknownName(formula.name)
    case 'group':
      return evaluate(formula.of)
    case 'sign':
      return formula.operator === '+' ? evaluate(formula.of) : binaries['-'](zero, evaluate(formula.of))
    case 'postfix':
      return formula.operator === '!' ? factorial(evaluate(formula.of)) : binaries['/'](evaluate(formula.of), hundred)
    case 'call':
      return call(formula)
    case 'binary': {
      const left = evaluate(formula.left)
      return binaries[formula.operator](left, share(formula, left))
    }
  }
}

/** `200 + 10%` adds ten percent of 200, as on every desk calculator. */
function share({ operator, right }: Extract<Formula, { type: 'binary' }>, left: Value): Value {
  const value = evaluate(right)
  const percent = right.type === 'postfix' && right.operator === '%' && (operator === '+' || operator === '-')
  return percent ? binaries['*'](left, value) : value
}

function call({ name, given }: Extract<Formula, { type: 'call' }>): Value {
  const [least, most, perform] = calls.get(name) ?? unknownName(name)
  if (given.length < least || given.length > most) {
    throw refused(`${name} takes ${least === most ? least : `${least} to ${most}`} numbers`)
  }
  return perform(...given.map(evaluate))
}

function unknownName(name: string): never {
  throw refused(`${name} is not known; known are ${[...constants.keys(), ...calls.keys()].join(', ')}`)
}

function raise(base: Value, exponent: Value): Value {
  if (!isReal(base) && !isReal(exponent)) {
    if (isWhole(exponent)) return power(base, exponent.n)
    const half = exponent.d === 2n ? squareRoot(base) : null
    if (half) return power(half, exponent.n)
  }
  return finite(real(base) ** real(exponent))
}

function root(value: Value = zero): Value {
  return (isReal(value) ? null : squareRoot(value)) ?? finite(Math.sqrt(real(value)))
}

function rounded(value: Value = zero, digits: Value = zero): Value {
  const places = whole(digits)
  if (size(places) > 100n) throw refused('round keeps at most 100 places')
  // A double is a fraction too, so that its halves are what they look like.
  const from = isReal(value) ? fromLiteral(Math.abs(value).toString()) : value
  const unit = power(exact(10n), places)
  const result = divide(round(multiply(from, unit)), unit)
  return isReal(value) && value < 0 ? negate(result) : result
}

function factorial(value: Value): Exact {
  const until = whole(value)
  if (until < 0n || until > mostFactorial) throw refused(`factorials of 0 to ${mostFactorial} only`)
  let product = 1n
  for (let factor = 2n; factor <= until; factor++) product *= factor
  return exact(product)
}

function logarithm(value: Value = zero, base?: Value): number {
  return finite(base === undefined ? Math.log10(real(value)) : Math.log(real(value)) / Math.log(real(base)))
}

function inDoubles(compute: (x: number) => number): (value?: Value) => number {
  return (value = zero) => finite(compute(real(value)))
}

function order(a: Value, b: Value): number {
  return isReal(a) || isReal(b) ? real(a) - real(b) : compare(a, b)
}

function whole(value: Value): bigint {
  if (isReal(value) || !isWhole(value)) throw refused('a whole number is needed there')
  return value.n
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw refused('the result is undefined or beyond 1.8e308')
  return value
}
