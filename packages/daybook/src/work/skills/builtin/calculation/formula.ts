// Reads an arithmetic expression into a tree, with jsep: numbers, operators, percent, factorial, groups and calls, no more.

import * as library from 'jsep'
import { DaybookError } from '../../../../schema/errors.ts'

export type Formula =
  | { readonly type: 'number'; readonly text: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'sign'; readonly operator: '+' | '-'; readonly of: Formula }
  | { readonly type: 'postfix'; readonly operator: '%' | '!'; readonly of: Formula }
  | { readonly type: 'binary'; readonly operator: Operator; readonly left: Formula; readonly right: Formula }
  | { readonly type: 'call'; readonly name: string; readonly given: readonly Formula[] }
  /** In parentheses: `(-2)^2` is not `-2^2`. */
  | { readonly type: 'group'; readonly of: Formula }

const operators = ['+', '-', '*', '/', '%', '**'] as const
export type Operator = (typeof operators)[number]

/** Characters of an expression. */
export const longestExpression = 1000

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** What is used of jsep's class. */
interface Reader {
  index: number
  readonly expr: string
  readonly char: string
  gobbleSpaces(): void
  gobbleToken(): Node | false | undefined
  gobbleGroup(): Node | undefined
  parse(): Node
}

// Its published types leave out the class. Own instances, because its hooks and operators are shared by a whole process.
const { Jsep } = library as unknown as { readonly Jsep: new (text: string) => Reader }

class FormulaReader extends Jsep {
  override gobbleToken(): Node | false | undefined {
    this.gobbleSpaces()
    const group = this.char === '('
    const read = group ? this.gobbleGroup() : super.gobbleToken()
    if (!read) return read
    let node: Node = group ? { type: 'Group', argument: read } : read
    for (let sign = this.#postfix(); sign !== null; sign = this.#postfix()) {
      node = { type: 'Postfix', operator: sign, argument: node }
    }
    return node
  }

  /** `%` is a percent sign unless an operand follows: then it is the remainder. */
  #postfix(): string | null {
    this.gobbleSpaces()
    const rest = this.expr.slice(this.index)
    const found = /^(?:!(?!=)|%(?!\s*[\w.(]))/.exec(rest)
    if (!found) return null
    this.index += 1
    return found[0]
  }
}

/**
 * @throws DaybookError `invalid`, field `expression`, for anything but arithmetic
 */
export function readFormula(text: string): Formula {
  if (text.length > longestExpression) throw refused(`at most ${longestExpression} characters`)
  // The parser knows more than arithmetic: strings, members, arrays, conditions, other operators.
  const strange = /[^\w\s.,+\-*/%!^()×÷·−–]/.exec(text)
  if (strange) throw refused(`"${strange[0]}" is not arithmetic`)
  return formulaOf(parsed(plain(text)))
}

/** Typographic signs as plain ones, and the signs of multiplication that people leave out: `2(3+4)`, `2pi`. */
function plain(text: string): string {
  return text
    .replace(/[×·]/g, '*')
    .replaceAll('÷', '/')
    .replace(/[−–]/g, '-')
    .replaceAll('^', '**')
    .replace(/(?<![\w.])(\d+\.?\d*|\.\d+)(?![eE][+-]?\d)\s*(?=[a-zA-Z(])/g, '$1*')
    .replace(/\)\s*(?=[\w(.])/g, ')*')
}

function parsed(text: string): Node {
  const reader = new FormulaReader(text)
  try {
    return reader.parse()
  } catch (cause) {
    throw refused(`not understood at character ${reader.index + 1}`, cause)
  }
}

function formulaOf(node: Node): Formula {
  const { type, operator } = node
  if (type === 'Literal' && typeof node.value === 'number') return { type: 'number', text: String(node.raw) }
  if (type === 'Identifier') return { type: 'name', name: String(node.name).toLowerCase() }
  if (type === 'Group') return { type: 'group', of: formulaOf(node.argument as Node) }
  if (type === 'Postfix')
    return { type: 'postfix', operator: operator as '%' | '!', of: formulaOf(node.argument as Node) }
  if (type === 'UnaryExpression' && (operator === '+' || operator === '-')) {
    return { type: 'sign', operator, of: formulaOf(node.argument as Node) }
  }
  if (type === 'BinaryExpression') return binary(node)
  const callee = node.callee as Node | undefined
  if (type === 'CallExpression' && callee?.type === 'Identifier') {
    const given = node.arguments as readonly (Node | null)[]
    return {
      type: 'call',
      name: String(callee.name).toLowerCase(),
      given: given.map((each) => formulaOf(each ?? { type: 'nothing' })),
    }
  }
  throw refused('only numbers, + - * / ^ % !, parentheses and known names')
}

/** A sign in front of a power stands for all of it: `-2^2` is -4. */
function binary(node: Node): Formula {
  const operator = operators.find((each) => each === node.operator)
  if (operator === undefined) throw refused(`there is no operator ${String(node.operator)}`)
  const left = formulaOf(node.left as Node)
  const right = formulaOf(node.right as Node)
  if (operator !== '**' || left.type !== 'sign') return { type: 'binary', operator, left, right }
  return { ...left, of: { type: 'binary', operator, left: left.of, right } }
}

export function refused(why: string, cause?: unknown): DaybookError {
  return new DaybookError('invalid', `not an expression that can be calculated: ${why}`, {
    field: 'expression',
    hint: 'For example 12 * (3 + 4), 15% * 200, sqrt(2), 5!',
    cause,
  })
}
