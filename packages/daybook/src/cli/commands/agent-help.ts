// `daybook agent help`: how an agent is used: what a program says of itself, or what a model agent does and whom it hands to.

import { locate } from '../../program/find.ts'
import { helpOf } from '../../program/help.ts'
import { noAgent, programsHere, worksHere } from '../agents.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'

export const perform: Perform = async (context, call) => {
  const name = call.args[0] ?? ''
  const { output, host, me } = context
  const backend = await context.backend()
  const agents = await backend.runs.agents()
  const program = worksHere(backend, host.env) ? programsHere(context).current().get(name) : undefined
  const agent = agents.find((each) => each.name === name)
  if (agent === undefined && program === undefined) throw await noAgent(context, backend, name, 'agent help')
  const help =
    program && agent?.kind !== 'model'
      ? await helpOf({
          program,
          path: locate(program.bin, host.env) ?? undefined,
          workdir: host.cwd,
          env: plain(host.env),
        })
      : [
          agent?.description ?? '',
          ...(agent?.handoffs.length ? [`Hands over to ${agent.handoffs.join(', ')}.`] : []),
        ].join('\n')
  if (output.json) output.object({ name, help })
  else {
    for (const line of help.trimEnd().split('\n')) output.line(oneLine(line))
    output.hint(agent?.why ? `it cannot take a turn: ${oneLine(agent.why)}` : `${me} start ${name} "…"`)
  }
  return undefined
}

/** Only what every program needs: a program that tells its help is given no keys. */
function plain({ PATH, HOME, LANG }: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = { PATH, HOME, LANG, TERM: 'dumb' }
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
