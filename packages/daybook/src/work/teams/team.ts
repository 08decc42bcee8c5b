// A team as an agent: its mode performed with child runs, one for each part that a member does.

import type { Json } from '../../schema/json.ts'
import { textOf } from '../entry.ts'
import { failureOf, RunFailure } from '../failure.ts'
import type { Agent, Agents, Turn } from '../performer.ts'
import { router } from '../routing/router.ts'
import type { Part, TeamDefinition, TeamDefinitions, TeamTurn } from './contract.ts'
import { modes } from './modes.ts'
import { spentBy } from './spent.ts'

type Teams = Pick<TeamDefinitions, 'list' | 'get' | 'faults'>

/** The agents of a program that embeds daybook, with teams that it made in code. */
export function teamsAmong(agents: Agents, teams: readonly TeamDefinition[]): Agents {
  const byName = new Map(teams.map((team) => [team.name, team]))
  return withTeams(agents, { list: () => teams, get: (name) => byName.get(name), faults: () => [] })
}

/** These agents, then the teams as they are at each look; an agent's name goes before a team's. */
export function withTeams(agents: Agents, teams: Teams): Agents {
  const faults = agents.faults?.bind(agents)
  const isAgent = (name: string) => (agents.get(name) ?? teams.get(name)) !== undefined
  const all: Agents = {
    list: () => {
      const others = teams.list().filter(({ name }) => !agents.get(name))
      return [...agents.list(), ...others.map((team) => teamAgent(team, all, teams, isAgent))]
    },
    get(name) {
      const team = teams.get(name)
      return agents.get(name) ?? (team && teamAgent(team, all, teams, isAgent))
    },
    faults: () => [...(faults?.() ?? []), ...teams.faults()],
  }
  return all
}

function teamAgent(team: TeamDefinition, agents: Agents, teams: Teams, isAgent: (name: string) => boolean): Agent {
  const circle = circleIn(team, teams)
  const unusable = circle ?? missingIn(team, isAgent)
  return {
    name: team.name,
    kind: 'team',
    description: team.description,
    source: team.source,
    handoffs: everybody(team),
    ...(unusable === null ? {} : { unusable }),
    perform: (turn) => perform(team, agents, turn, circle),
  }
}

function everybody({ members, lead }: TeamDefinition): readonly string[] {
  return [...new Set([...(lead === undefined ? [] : [lead]), ...members])]
}

/** Members that there are not, in a sentence; null where all are there. */
function missingIn(team: TeamDefinition, isAgent: (name: string) => boolean): string | null {
  const gone = everybody(team).filter((name) => !name.startsWith(skillPrefix) && !isAgent(name))
  return gone.length === 0 ? null : `there is no agent ${gone.join(', ')}`
}

/** The team by which it is a member of itself, in a sentence; null where it is none. */
function circleIn(team: TeamDefinition, teams: Teams): string | null {
  const seen = new Set<string>()
  const left = [...everybody(team)]
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === team.name) return `${team.name} is a member of itself, through ${[...seen].at(-1) ?? team.name}`
    const other = seen.has(name) ? undefined : teams.get(name)
    if (!other) continue
    seen.add(name)
    left.push(...everybody(other))
  }
  return null
}

const skillPrefix = 'skill:'

async function perform(team: TeamDefinition, agents: Agents, turn: Turn, circle: string | null): Promise<Json> {
  if (circle !== null) throw new RunFailure('refused', circle, 'invalid')
  const input = textOf(turn.input)
  const teamTurn: TeamTurn = {
    team,
    input,
    ask: (member, asked) => ask(member, asked, agents, turn),
    hasRoom: () => hasRoom(team, turn),
    fitting: () => turn.step('choose', () => [...fitting(team, agents, input)], { idempotent: true }),
  }
  return modes[team.mode](teamTurn)
}

/**
 * A child run. Which one it is follows from the member and how often it was asked before, so that what is asked side by side is
 * the same again when the team is performed again.
 */
async function ask(member: string, input: string, agents: Agents, turn: Turn): Promise<Part> {
  const agent = agents.get(member)
  const skill = member.startsWith(skillPrefix) ? member.slice(skillPrefix.length) : undefined
  if (!agent && skill === undefined) return { member, failure: `there is no agent ${member}` }
  if (agent?.kind === 'program' && !turn.caller.programs) {
    return { member, failure: `${member} is a program of this machine: that takes the key of its user` }
  }
  try {
    const output = await turn.child(skill === undefined ? { agent: member, input } : { skill, input })
    return { member, text: textOf(output) }
  } catch (error) {
    const failure = failureOf(error)
    // Where nothing is left for one, nothing is left for the others.
    if (failure.reason === 'budget' || failure.code === 'budget') throw new RunFailure('budget', failure.message)
    return { member, failure: failure.message }
  }
}

/** Recorded: what is spent later must not change what a team did before, when it is performed again. */
async function hasRoom({ limits }: TeamDefinition, turn: Turn): Promise<boolean> {
  const { cost, tokens } = limits
  if (cost === undefined && tokens === undefined) return true
  const spent = await turn.step('spent', async () => ({ ...(await spentBy(turn.session, turn.run)) }), {
    idempotent: true,
  })
  return (cost === undefined || spent.cost < cost) && (tokens === undefined || spent.tokens < tokens)
}

/** Best first; those that no word speaks for stand behind, in the order of the team. */
function fitting(team: TeamDefinition, agents: Agents, input: string): readonly string[] {
  const described = team.members.map((id) => ({
    ...{ id, name: id, tags: [] },
    description: agents.get(id)?.description ?? id,
  }))
  const { skill, alternatives } = router(described).route(input)
  const ranked = [...(skill === null ? [] : [skill]), ...alternatives.map(({ id }) => id)]
  return [...new Set([...ranked, ...team.members])]
}
