// `daybook store prune`: deletes what a written rule names, after a person has seen how much it is.

import { facets } from '../../schema/heads.ts'
import type { PruneRule } from '../../session/contract.ts'
import { confirm } from '../ask.ts'
import { misuse } from '../exits.ts'
import { many, spanOf } from '../format/time.ts'
import type { Call, Perform } from '../grammar.ts'
import { choice, text } from '../open.ts'

export const perform: Perform = async (context, call) => {
  const rule = ruleOf(call)
  const { all } = await context.store()
  const { output } = context
  const named = await all.prune({ ...rule, dryRun: true })
  const dry = call.options['dry-run'] === true
  if (!dry && named.length > 0) {
    await confirm(context, `delete ${many(named.length, 'session')} for ever?`)
  }
  const ids = dry || named.length === 0 ? named : await all.prune(rule)
  for (const id of ids) {
    if (output.json) output.object({ session_id: id })
    else output.line(id)
  }
  output.hint(`${many(ids.length, 'session')} ${dry ? 'would be deleted' : 'deleted'}`)
  return undefined
}

function ruleOf(call: Call): PruneRule {
  const older = text(call, 'older')
  if (older === undefined)
    throw misuse(
      'prune needs a rule',
      'daybook store prune --older 90d --dry-run',
      'Nothing is deleted that nobody asked to delete.',
    )
  const olderThanMs = spanOf(older)
  if (olderThanMs === null) throw misuse(`--older does not understand ${older}`, '--older 30d')
  const place = choice(call, 'place', ['archived', 'trash']) ?? 'archived'
  const where = text(call, 'where')
  return { olderThanMs, place, ...(where === undefined ? {} : { where: whereOf(where) }) }
}

function whereOf(given: string): NonNullable<PruneRule['where']> {
  const at = given.indexOf('=')
  const facet = facets.find((each) => each === given.slice(0, at))
  if (facet === undefined || at === given.length - 1) {
    throw misuse(`--where does not understand ${given}`, '--where agent=coder', `It takes ${facets.join(', ')}.`)
  }
  return { [facet]: given.slice(at + 1) }
}
