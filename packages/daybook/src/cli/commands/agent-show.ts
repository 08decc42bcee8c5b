// `daybook agent show`: one agent, what drives it where it is a program, and which sessions it works in.

import { existsSync } from 'node:fs'
import { programsFaultText } from '../../program/programs-file.ts'
import { type AgentShape, absentProgram, hereWith, noAgent, programsHere, worksHere } from '../agents.ts'
import type { Backend } from '../backend.ts'
import type { Context } from '../context.ts'
import { fromHome } from '../format/path.ts'
import { titleOf } from '../format/session.ts'
import { ago, lasting, many } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Perform } from '../grammar.ts'

/** Sessions that are listed. */
const room = 8

/** What is known of a program of this machine. */
interface Known {
  readonly path: string | null
  readonly version: string | null
  readonly drivers: readonly string[]
  readonly prompt_timeout_sec: number
  readonly idle_timeout_sec: number
  readonly workdirs: readonly string[]
  readonly file: string
  readonly fault: string | null
}

export const perform: Perform = async (context, call) => {
  const name = call.args[0] ?? ''
  const backend = await context.backend()
  const agents = await backend.runs.agents()
  const { output } = context
  const known = worksHere(backend, context.host.env) ? await knownOf(context, name) : null
  const agent = agents.find((each) => each.name === name) ?? known?.agent
  if (agent === undefined) throw await noAgent(context, backend, name, 'agent show')
  const program = agent.kind === 'program' ? (known?.program ?? null) : null
  if (output.json) {
    output.object({ ...agent, ...program })
    return undefined
  }
  output.line(output.style('bold', `${oneLine(agent.name)}   ${agent.kind}`))
  output.line(oneLine(agent.description))
  output.table(ownFacts(agent), { columns: [{}, { flexible: true }], styles: ['dim'] })
  if (program !== null) output.table(factsOf(program), { columns: [{}, { flexible: true }], styles: ['dim'] })
  await sessionsOf(context, backend, name)
  return undefined
}

async function knownOf(context: Context, name: string): Promise<{ agent: AgentShape; program: Known } | null> {
  const { env } = context.host
  const at = programsHere(context)
  const { workdirs, get } = at.current()
  const program = get(name)
  if (program === undefined) return null
  const { bin, description = bin, drivers, prompt_timeout_sec, idle_timeout_sec } = program
  const fault = at.fault()
  return {
    agent: absentProgram(name, description),
    program: {
      ...{ ...(await hereWith(program, env)), drivers, prompt_timeout_sec, idle_timeout_sec, workdirs, file: at.path },
      fault: fault && programsFaultText(fault),
    },
  }
}

/** What its definition says, where it has one. */
function ownFacts({ kind, why, models, handoffs, source }: AgentShape): string[][] {
  if (kind === 'program') return []
  return [
    ['usable', why === null ? '' : `no: ${oneLine(why)}`],
    ['models', models.map(oneLine).join(', ')],
    [kind === 'team' ? 'members' : 'hands to', handoffs.map(oneLine).join(', ')],
    ['source', source === null ? '' : oneLine(fromHome(source))],
  ].filter(([, value]) => value !== '')
}

function factsOf(program: Known): string[][] {
  const { path, version, drivers, workdirs, file, fault } = program
  const [prompt, idle] = [program.prompt_timeout_sec, program.idle_timeout_sec].map((each) => lasting(each * 1000))
  const state = fault ?? (existsSync(file) ? '' : 'not there: what is known of programs counts')
  return [
    ['path', path === null ? 'not on this machine' : oneLine(path)],
    ['version', oneLine(version ?? '')],
    ['drivers', drivers.join(', ')],
    ['limits', `${prompt} for a prompt, ${idle} without output`],
    ['works in', `${workdirs.map((each) => oneLine(fromHome(each))).join(', ')} and below`],
    ['file', [oneLine(fromHome(file)), state].filter((text) => text !== '').join('   ')],
  ].filter(([, value]) => value !== '')
}

async function sessionsOf({ output, host, limit }: Context, backend: Backend, name: string): Promise<void> {
  const { sessions, total } = await backend.list({ agent_id: name, limit: limit ?? room })
  if (sessions.length === 0) return
  output.line(many(total, 'session'))
  output.table(
    sessions.map((session) => [session.tail, titleOf(session), ago(Date.parse(session.last_activity), host.now())]),
    { indent: 2, columns: [{}, { flexible: true }, { right: true }], styles: ['cyan', undefined, 'dim'] },
  )
}
