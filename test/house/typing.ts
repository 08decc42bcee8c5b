// Finds the ways around the type system.
import { lineOf } from './scan.ts'
import type { Source } from './sources.ts'

const anyType = /(?:[:<,|&=>(]|\bas|\bextends|\bkeyof|\bis)\s*any\b(?!\s*[:(.?])/g
const silenced = /@ts-(?:ignore|nocheck)/g
const expected = /@ts-expect-error/g

export function typingFaults({ path, code, comments }: Source): string[] {
  const report = (text: string, pattern: RegExp, what: string): string[] =>
    [...text.matchAll(pattern)].map((match) => `${path}:${lineOf(text, match.index)}: ${what}`)
  return [
    ...report(code, anyType, 'any'),
    ...report(comments, silenced, 'a silenced type error'),
    // Tests of types have to show that a wrong use does not compile.
    ...(path.endsWith('.test.ts') ? [] : report(comments, expected, 'a silenced type error')),
  ]
}
