// `daybook model list`: which models can be asked, and which one a session asks.

import type { ModelShape } from '../../schema/wire-models.ts'
import { count } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const { output, me } = context
  const session = call.args[0] === undefined ? null : (await pick(context, call.args[0])).session
  const backend = await context.backend()
  const list = await backend.runs.models()
  if (output.json) {
    output.object({ ...list, ...(session?.model === undefined ? {} : { chosen: session.model }) })
    return undefined
  }
  const chosen = session?.model ?? list.standard
  const named = list.models.some(({ name }) => name === session?.model) || session?.model === undefined
  output.table(
    [
      ...(named ? [] : [[`* ${oneLine(session?.model ?? '')}`, '', '']]),
      ...list.models.map((model) => [`${model.name === chosen ? '*' : ' '} ${oneLine(model.name)}`, ...factsOf(model)]),
      ...list.others.map(({ name, why }) => [`  ${oneLine(name)}`, '', oneLine(why)]),
    ],
    { columns: [{}, { right: true }, { flexible: true }], styles: ['cyan', undefined, 'dim'] },
  )
  if (list.why !== undefined) output.hint(oneLine(list.why))
  output.hint(`${me} model set ${session?.tail ?? 'SESSION'} NAME`)
  return undefined
}

/** `200,000 tokens   $3 / $15 a million, sees images and PDF`. */
function factsOf({ context_tokens: tokens, price, images, pdf }: ModelShape): readonly string[] {
  const cost = price === null ? 'no price is known' : `$${price.input} in, $${price.output} out a million`
  return [`${count(tokens)} tokens`, `${cost}${images ? `, sees images${pdf ? ' and PDF' : ''}` : ''}`]
}
