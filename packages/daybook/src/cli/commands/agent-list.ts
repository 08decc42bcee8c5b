// `daybook agent list`: whatever can take a turn, in one list; with --all what is known of programs besides.

import { type AgentShape, absentProgram, hereWith, programsHere, versionNumber, worksHere } from '../agents.ts'
import type { Context } from '../context.ts'
import { fromHome } from '../format/path.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'

interface Listed extends AgentShape {
  /** Of programs of this machine, where they were looked for. */
  readonly path?: string | null
  readonly version?: string | null
}

export const perform: Perform = async (context, call) => {
  const backend = await context.backend()
  const { agents, faults } = await backend.runs.agentList()
  const { output, me, host } = context
  const all = call.options.all === true && worksHere(backend, host.env)
  const listed: readonly Listed[] = all ? await withPrograms(context, agents) : agents
  if (output.json) for (const agent of listed) output.object(agent)
  else {
    const reasons = listed.flatMap(({ why }) => why ?? [])
    const shared = new Set(reasons.filter((why, at) => reasons.indexOf(why) !== at))
    output.table(
      listed.map((agent) => [
        oneLine(agent.name),
        agent.kind,
        oneLine(lineOf(agent, shared)),
        ...(all ? [versionOf(agent)] : []),
      ]),
      { columns: [{}, {}, { flexible: true }, {}], styles: ['cyan', 'dim', undefined, 'dim'] },
    )
    for (const why of shared) output.hint(oneLine(why))
    for (const { path, message } of faults) output.hint(`${oneLine(fromHome(path))}   ${oneLine(message)}`)
    output.hint(`${me} start NAME "…"`)
  }
  return undefined
}

/** What several lack is said once, below. */
function lineOf({ why, description }: Listed, shared: ReadonlySet<string>): string {
  if (why === null) return description
  return shared.has(why) ? `cannot take a turn yet. ${description}` : `cannot take a turn: ${why}`
}

async function withPrograms({ asked, host }: Context, agents: readonly AgentShape[]): Promise<readonly Listed[]> {
  const programs = programsHere({ asked }).current().list()
  const looked = programs.map(async (program): Promise<Listed> => {
    const { name, bin, description = bin } = program
    const agent = agents.find((each) => each.name === name) ?? absentProgram(name, description)
    return { ...agent, ...(await hereWith(program, host.env)) }
  })
  const found = await Promise.all(looked)
  const others = agents.filter(({ name }) => !found.some((each) => each.name === name))
  return [...others, ...found]
}

function versionOf({ path, version }: Listed): string {
  if (path === undefined) return ''
  if (path === null) return 'not on this machine'
  return version === null || version === undefined ? oneLine(path) : versionNumber(version)
}
