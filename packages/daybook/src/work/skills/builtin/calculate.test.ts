// Tests of `calculate`: exact results, sentences in three languages, and input that must not hang or run.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases, worked } from '../../../cases.fixture.ts'
import { fails } from '../../../session/testing.fixture.ts'
import { asked, stage } from './builtin.fixture.ts'
import { calculate } from './calculate.ts'

async function result(expression: string): Promise<string> {
  await using on = await stage()
  return (await calculate.run({ expression }, on.context())).result
}

const sums: readonly (readonly [expression: string, result: string])[] = [
  ['0.1+0.2', '0.3'],
  ['12 * (3 + 4)', '84'],
  ['2^3^2', '512'],
  ['-2^2', '-4'],
  ['(-2)^2', '4'],
  ['200 + 10%', '220'],
  ['200 - (10%)', '199.9'],
  ['100 / 50%', '200'],
  ['5!', '120'],
  ['2^3!', '64'],
  ['3!^2', '36'],
  ['-7 % 3', '2'],
  ['2(3+4)', '14'],
  ['(1+2)(3+4)', '21'],
  ['6 ÷ 4 × 2 − 1', '2'],
  ['1e-3', '0.001'],
  ['2^-2', '0.25'],
  ['(-1)^(10^100)', '1'],
  ['0^0', '1'],
  ['sqrt(1/4)', '0.5'],
  ['4^1.5', '8'],
  ['round(2.345, 2)', '2.35'],
  ['round(-2.5)', '-3'],
  ['ceil(-1.5)', '-1'],
  ['floor(-1.5)', '-2'],
  ['max(1, 2/3, 1.5)', '1.5'],
  ['gcd(12, 18) + lcm(4, 6)', '18'],
  ['avg(1, 2, 6)', '3'],
  ['1/3', '0.333333333333333'],
  ['2/3 * 10^20', '66666666666666700000'],
  ['sqrt(2)', '1.4142135623731'],
  ['2pi', '6.28318530717959'],
  ['170! / 168!', '28730'],
]

test('results are exact where numbers are, and rounded to 15 digits elsewhere', async () => {
  for (const [expression, expected] of sums) strictEqual(await result(expression), expected, expression)
  await using on = await stage()
  deepStrictEqual(await calculate.run({ expression: '1/3' }, on.context()), {
    text: '1/3 ≈ 0.333333333333333',
    result: '0.333333333333333',
    exact: false,
    fraction: '1/3',
  })
})

const nested = (inner: string, depth: number): string => '('.repeat(depth) + inner + ')'.repeat(depth)

const refusedInputs = [
  ...['9^9^9^9', '1001!', '10^10^10', '2^(2^20)', '1e99999', '3!!!!', '1/0', '0^-1', 'sqrt(-1)', 'ln(0)'],
  ...['constructor', '__proto__', 'process.exit(1)', 'a.b', '[1]', '"x"', '1;2', '1 2', '1,2', '5 > 3', 'true ? 1 : 2'],
  ...[
    '()',
    '',
    '   ',
    '2 +',
    '* 2',
    'sqrt()',
    'sqrt(1, 2)',
    'max(1,,2)',
    '1 & 2',
    '~1',
    'x = 1',
    '5 != 3',
    'this',
    '1..2',
  ],
  ...[nested('1', 600), '1+'.repeat(600).concat('1'), '-'.repeat(999), '('.repeat(900)],
]

test('what is no arithmetic, undefined or too large is refused at once, with the field', async () => {
  const milliseconds = worked()
  for (const expression of refusedInputs) {
    const error = await fails(() => result(expression), 'invalid')
    strictEqual(error.field, 'expression', expression)
  }
  ok(milliseconds() < 2000)
})

test('the dearest expressions of the allowed length end within a second', async () => {
  for (const expression of [
    Array.from({ length: 110 }, (_, index) => `1/${index + 9001}`).join('+'),
    Array.from({ length: 150 }, () => '1000!').join('-'),
    nested('7^5800', 400),
    Array.from({ length: 60 }, () => 'sqrt(7^5800)').join('+'),
  ]) {
    const milliseconds = worked()
    await result(expression)
    ok(milliseconds() < 1000, expression.slice(0, 20))
  }
})

const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })

test('sums, differences and products of whole numbers are those of BigInt', async () => {
  await using on = await stage()
  const of = async (expression: string) => (await calculate.run({ expression }, on.context())).result
  await fc.assert(
    fc.asyncProperty(whole, whole, whole, async (a, b, c) => {
      strictEqual(await of(`(${a}) + (${b}) * (${c})`), String(a + b * c))
      strictEqual(await of(`((${a}) - (${b})) * (${c})`), String((a - b) * c))
    }),
    cases(100),
  )
})

test('a quotient times its divisor is the number again, and decimals add as their whole numbers do', async () => {
  await using on = await stage()
  const of = async (expression: string) => (await calculate.run({ expression }, on.context())).result
  const cents = fc.integer({ min: 0, max: 1e12 })
  await fc.assert(
    fc.asyncProperty(whole, cents, cents, async (a, b, c) => {
      strictEqual(await of(`(${a}) / ${b + 1} * ${b + 1}`), String(a))
      const decimal = (n: number) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`
      strictEqual(await of(`(${decimal(b)} + ${decimal(c)}) * 100`), String(b + c))
    }),
    cases(100),
  )
})

const sentences: readonly (readonly [text: string, expression: string | null])[] = [
  ['what is 2 + 2 * 10?', '2 + 2 * 10'],
  ['What is 15 percent of 1,250?', '15% * 1250'],
  ['5! = ?', '5!'],
  ['7 plus 3 times 2', '7 + 3 * 2'],
  ['square root of 16', 'sqrt(16)'],
  ['compute max(3, 4)', 'max(3, 4)'],
  ['3 x 4', '3 * 4'],
  ['сколько будет 15% от 200', '15% * 200'],
  ['сколько будет 2,5 умножить на 4', '2.5 * 4'],
  ['квадратный корень из 144', 'sqrt(144)'],
  ['2 в степени 10', '2 ^ 10'],
  ['计算 12*(3+4)', '12*(3+4)'],
  ['200的15%是多少', '200 * 15%'],
  ['100除以7等于多少？', '100 / 7'],
  ['9的平方根', 'sqrt(9)'],
  ['１２＋３', '12+3'],
  ['process.exit(1)', null],
  ['require("fs")', null],
  ['x => x + 1', null],
  ['2024-01-05', null],
  ['call me at 555-12-34', null],
  ['tell me a joke', null],
  ['what is 5', null],
]

test('the expression is found in sentences of three languages; code, dates and numbers alone are none', () => {
  for (const [text, expression] of sentences) {
    deepStrictEqual(asked(calculate, text), expression === null ? null : { expression }, text)
  }
})
