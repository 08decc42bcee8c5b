// Asks the person before something that cannot be taken back.

import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'

/** Returns when the answer is yes, or `--yes` was given; ends the command with 7 otherwise. */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.yes) return
  if (!context.host.person) {
    throw new Refusal(exits.needsPerson, 'needs_person', {
      what: `this needs a person: ${question}`,
      why: 'There is no terminal to ask on.',
      next: 'add --yes when you mean it',
    })
  }
  const answer = await context.host.ask(`${question} [y/N] `)
  if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return
  throw new Refusal(exits.needsPerson, 'needs_person', { what: 'nothing was changed' })
}
