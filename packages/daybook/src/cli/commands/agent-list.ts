// `daybook agent list`: whatever can take a turn, in one list.

import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'

export const perform: Perform = async (context) => {
  const agents = await (await context.backend()).runs.agents()
  const { output } = context
  if (output.json) for (const agent of agents) output.object(agent)
  else {
    output.table(
      agents.map(({ name, kind, description }) => [oneLine(name), kind, oneLine(description)]),
      { columns: [{}, {}, { flexible: true }], styles: ['cyan', 'dim'] },
    )
    output.hint(`${context.me} say --agent NAME "…"`)
  }
  return undefined
}
