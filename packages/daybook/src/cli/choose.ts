// One of several things: a pick list on a terminal, a refusal with the list where nobody can be asked.

import type { Context } from './context.ts'
import { exits, misuse, Refusal } from './exits.ts'
import { columns } from './format/columns.ts'

/** `rows` are the lines of the list, in the order of `items`; the first column is what can be typed. */
export async function chooseOne<T>(
  context: Context,
  what: string,
  items: readonly T[],
  rows: readonly (readonly string[])[],
): Promise<T> {
  const [first, second] = items
  if (first !== undefined && second === undefined) return first
  if (!context.output.person || context.yes) {
    throw new Refusal(exits.usage, 'invalid', {
      what,
      why: columns(rows, { indent: 2 }).join('\n'),
      next: 'type one of the first column',
    })
  }
  const lines = columns(
    rows.map((row, at) => [String(at + 1), ...row]),
    { indent: 2, width: context.output.width },
  )
  context.output.hint(lines.join('\n'))
  const answer = Number((await context.host.ask(`which of ${items.length}? `))?.trim())
  const chosen = items[answer - 1]
  if (chosen === undefined) throw misuse('none was chosen')
  return chosen
}
