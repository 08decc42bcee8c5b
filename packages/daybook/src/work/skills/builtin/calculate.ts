// The skill `calculate`: arithmetic, exact wherever fractions are.

import { defineSkill } from '../define.ts'
import { evaluate, type Value } from './calculation/evaluate.ts'
import { toDecimal, toRounded } from './calculation/exact.ts'
import { expressionIn } from './calculation/extract.ts'
import { longestExpression, readFormula } from './calculation/formula.ts'

interface CalculateOutput {
  readonly [name: string]: string | boolean
  /** `expression = result`, for people. */
  readonly text: string
  /** Plain decimal digits; rounded to 15 significant ones where `exact` is false. */
  readonly result: string
  readonly exact: boolean
}

/** Digits that a double surely has. */
const roundedDigits = 15

export const calculate = defineSkill<{ readonly expression: string }, CalculateOutput>({
  id: 'calculate',
  name: 'Calculate',
  description:
    'Calculates arithmetic: sums, percent, powers, roots, factorials, logarithms and sines; exact where numbers are.',
  tags: [
    ...[
      'calculate',
      'calculator',
      'compute',
      'arithmetic',
      'math',
      'sum',
      'percent',
      'percentage',
      'square root',
      'what is',
    ],
    ...['plus', 'minus', 'times', 'multiply', 'divide', 'factorial', 'add up'],
    ...[
      'посчитай',
      'вычисли',
      'рассчитай',
      'калькулятор',
      'арифметика',
      'сколько будет',
      'процент',
      'корень',
      'умножить',
    ],
    ...['разделить', 'плюс', 'минус', 'факториал', 'сложить'],
    ...['计算', '算', '计算器', '等于多少', '百分之', '加', '减', '乘以', '除以', '平方根', '阶乘'],
  ],
  input: {
    type: 'object',
    properties: { expression: { type: 'string', minLength: 1, maxLength: longestExpression } },
    required: ['expression'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      result: { type: 'string', description: 'Decimal digits.' },
      exact: { type: 'boolean' },
      fraction: { type: 'string', description: 'Where the exact result is no finite decimal.' },
    },
    required: ['text', 'result', 'exact'],
    additionalProperties: false,
  },
  idempotent: true,
  claims: true,
  fromText: (text) => {
    const expression = expressionIn(text)
    return expression === null ? null : { expression }
  },
  run: ({ expression }) => {
    const shown = shownAs(evaluate(readFormula(expression)))
    return { text: `${expression.trim()} ${shown.exact ? '=' : '≈'} ${shown.result}`, ...shown }
  },
})

function shownAs(value: Value): Omit<CalculateOutput, 'text'> & { readonly result: string; readonly exact: boolean } {
  if (typeof value === 'number') {
    // The sum of no more digits than a double has: 0.1 + 0.2 of roots must not show its last bits.
    return { result: plainDigits(value), exact: false }
  }
  const decimal = toDecimal(value)
  if (decimal !== null) return { result: decimal, exact: true }
  return { result: toRounded(value, roundedDigits), exact: false, fraction: `${value.n}/${value.d}` }
}

function plainDigits(value: number): string {
  return Number(value.toPrecision(roundedDigits)).toString()
}
