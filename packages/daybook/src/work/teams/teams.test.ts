// Teams over scripted agents: each mode, failing members, limits, and a team that is killed in the middle.

import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Json } from '../../schema/json.ts'
import { gate, until } from '../../session/testing.fixture.ts'
import { agentsOf } from '../agents.ts'
import { RunFailure } from '../failure.ts'
import type { Agent, Agents, Turn } from '../performer.ts'
import { eachWork, skill, type WorkWorld } from '../testing.fixture.ts'
import type { TeamDefinition } from './contract.ts'
import { defineTeam, type TeamFields } from './definition.ts'
import { openTeams } from './definitions.ts'
import { withTeams } from './team.ts'

type Reply = (input: string, turn: Turn) => string | Promise<string>

/** Agents that answer as a script says, with every input that each was given. */
function scripted(replies: Readonly<Record<string, Reply>>) {
  const heard: [string, string][] = []
  const agents = Object.entries(replies).map(
    ([name, reply]): Agent => ({
      name,
      kind: 'skills',
      description: `Knows all about ${name}.`,
      perform: (turn) =>
        turn.step(
          'reply',
          () => {
            heard.push([name, String(turn.input)])
            return reply(String(turn.input), turn)
          },
          { idempotent: true },
        ),
    }),
  )
  return { heard, agents }
}

function teamsOf(agents: readonly Agent[], ...teams: readonly TeamDefinition[]): Agents {
  const get = (name: string) => teams.find((team) => team.name === name)
  return withTeams(agentsOf(agents), { list: () => teams, get, faults: () => [] })
}

const team = (more: Partial<TeamFields> & Pick<TeamFields, 'mode' | 'members'>): TeamDefinition =>
  defineTeam({ name: 'team', description: 'A team.', ...more })

async function asked(world: WorkWorld, agents: Agents, input: Json = 'a question about rivers') {
  const work = world.engine({ agents })
  const { run, session } = await work.within(world.world.anna.scope).start(null, { agent: 'team', input })
  await until(async () => {
    await work.tick()
    return ['done', 'failed'].includes((await work.within(world.world.anna.scope).get(run)).status)
  })
  return { ...(await work.within(world.world.anna.scope).get(run)), session }
}

const none = () => []
const fail = (): never => {
  throw new Error('out of order')
}

eachWork(
  'route: the member that fits does it, the next one where it fails, and a lead may choose',
  none,
  async (world) => {
    const members = ['mountains', 'rivers', 'deserts']
    const { heard, agents } = scripted({
      mountains: () => 'from mountains',
      rivers: fail,
      deserts: () => 'from deserts',
      chief: () => 'I think deserts, then mountains.',
    })
    const byWords = await asked(world, teamsOf(agents, team({ mode: 'route', members })))
    strictEqual(byWords.output, 'from mountains')
    deepStrictEqual(
      heard.splice(0).map(([name]) => name),
      ['rivers', 'mountains'],
    )
    const chosen = await asked(world, teamsOf(agents, team({ mode: 'route', members, lead: 'chief' })))
    strictEqual(chosen.output, 'from deserts')
    deepStrictEqual(
      heard.map(([name]) => name),
      ['chief', 'deserts'],
    )
  },
)

eachWork('broadcast: all work side by side, the lead merges, and whoever failed is told of', none, async (world) => {
  const both = { one: gate(), two: gate() }
  const { heard, agents } = scripted({
    one: async () => {
      both.one.resolve()
      await both.two.promise
      return 'first view'
    },
    two: async () => {
      both.two.resolve()
      await both.one.promise
      return 'second view'
    },
    three: fail,
    merger: (input) => `merged ${/first view/.test(input)} ${/second view/.test(input)} ${/out of order/.test(input)}`,
  })
  const members = ['one', 'two', 'three']
  const merged = await asked(world, teamsOf(agents, team({ mode: 'broadcast', members, lead: 'merger' })))
  strictEqual(merged.output, 'merged true true true')
  const { runs } = await world.world.anna.session(merged.session).view('runs')
  deepStrictEqual(
    runs.map(({ agent, status, parent }) => [agent, status, parent === merged.run]),
    [
      ['team', 'done', false],
      ['one', 'done', true],
      ['two', 'done', true],
      ['three', 'failed', true],
      ['merger', 'done', true],
    ],
  )
  const plain = await asked(world, teamsOf(agents, team({ mode: 'broadcast', members })))
  strictEqual(plain.output, '## one\n\nfirst view\n\n## two\n\nsecond view\n\n## three\n\nNo answer: out of order')
  heard.length = 0
  const nobody = await asked(world, teamsOf(agents, team({ mode: 'broadcast', members: ['three', 'nobody'] })))
  deepStrictEqual([nobody.status, nobody.error?.code], ['failed', 'team_failed'])
})

eachWork(
  'lead: parts are given away and reported back until the lead answers, in at most so many rounds',
  none,
  async (world) => {
    const { heard, agents } = scripted({
      boss: (input) => {
        if (/nothing more can be given away/.test(input)) return 'that is all we have'
        if (/<part of="dig"/.test(input))
          return `answer of ${/7 metres/.test(input)} ${/failed: out of order/.test(input)}`
        return 'Plan:\n@dig how deep?\nin metres\n- @paint what colour?\n@stranger hello'
      },
      endless: (input) => (/nothing more/.test(input) ? 'stopped' : '@dig again'),
      dig: () => '7 metres',
      paint: fail,
    })
    const members = ['dig', 'paint']
    const led = await asked(world, teamsOf(agents, team({ mode: 'lead', members, lead: 'boss' })))
    strictEqual(led.output, 'answer of true true')
    deepStrictEqual(heard.splice(0).slice(1, 3), [
      ['dig', 'how deep?\nin metres'],
      ['paint', 'what colour?\n@stranger hello'],
    ])
    const bounded = await asked(
      world,
      teamsOf(agents, team({ mode: 'lead', members, lead: 'endless', limits: { rounds: 2 } })),
    )
    strictEqual(bounded.output, 'stopped')
    deepStrictEqual(
      heard.map(([name]) => name),
      ['endless', 'dig', 'endless', 'dig', 'endless'],
    )
  },
)

eachWork('hand-round: each goes on from the answer before, until nobody changes it', none, async (world) => {
  const { heard, agents } = scripted({
    writer: (input) => (/answer so far/.test(input) ? 'As it is.' : 'draft'),
    absent: fail,
    editor: (input) => (/polished/.test(input) ? 'as it is' : 'polished draft'),
  })
  const members = ['writer', 'absent', 'editor']
  const done = await asked(world, teamsOf(agents, team({ mode: 'hand-round', members, limits: { rounds: 9 } })))
  strictEqual(done.output, 'polished draft')
  strictEqual(heard.length, 6)
})

eachWork('what a turn may take ends its rounds, and a budget that is used up ends the team', none, async (world) => {
  const { heard, agents } = scripted({
    boss: (input) => (/nothing more/.test(input) ? 'out of money' : '@spender buy'),
    spender: async (_input, { session, run }) => {
      await session.append({ kind: 'message', run, data: { role: 'assistant', content: 'bought', cost: 0.4 } })
      return 'bought'
    },
    broke: () => {
      throw new RunFailure('budget', 'nothing is left')
    },
  })
  const limits = { rounds: 9, cost: 0.7 }
  const led = await asked(world, teamsOf(agents, team({ mode: 'lead', members: ['spender'], lead: 'boss', limits })))
  strictEqual(led.output, 'out of money')
  strictEqual(heard.filter(([name]) => name === 'spender').length, 2)
  const broke = await asked(world, teamsOf(agents, team({ mode: 'route', members: ['broke', 'spender'] })), 'broke')
  deepStrictEqual([broke.status, broke.reason], ['failed', 'budget'])
})

eachWork(
  'members may be skills and teams; a circle of teams and a program without the right to it are refused',
  () => [skill('shout', (input) => String(input).toUpperCase())],
  async (world) => {
    const { agents } = scripted({ one: () => 'inner' })
    const inner = team({ name: 'inner', mode: 'route', members: ['one'] })
    const outer = team({ mode: 'broadcast', members: ['inner', 'skill:shout'] })
    const nested = await asked(world, teamsOf(agents, outer, inner), 'hi')
    strictEqual(nested.output, '## inner\n\ninner\n\n## skill:shout\n\nHI')
    const [left, right] = [
      team({ mode: 'route', members: ['other'] }),
      team({ name: 'other', mode: 'route', members: ['team'] }),
    ]
    const circle = await asked(world, teamsOf(agents, left, right))
    deepStrictEqual([circle.status, circle.reason], ['failed', 'refused'])
    const program: Agent = { name: 'codex', kind: 'program', description: 'A program.', perform: async () => 'ran' }
    const work = world.engine({ agents: teamsOf([program], team({ mode: 'route', members: ['codex'] })) })
    const stranger = work.within(world.world.anna.scope, { actor: 'user:anna', programs: false })
    const { run } = await stranger.start(null, { agent: 'team', input: 'go' })
    strictEqual((await stranger.settled(run)).status, 'failed')
    const nestedTeam = team({ name: 'nest', mode: 'route', members: ['team'] })
    const deeper = world.engine({ agents: teamsOf([program], team({ mode: 'route', members: ['codex'] }), nestedTeam) })
    const { run: deep } = await deeper.within(world.world.anna.scope).start(null, { agent: 'nest', input: 'go' })
    strictEqual((await deeper.within(world.world.anna.scope).settled(deep)).output, 'ran')
    const { run: allowed } = await work.within(world.world.anna.scope).start(null, { agent: 'team', input: 'go' })
    strictEqual((await work.within(world.world.anna.scope).settled(allowed)).output, 'ran')
  },
)

eachWork(
  'a team that is killed in the middle goes on: members that were done are not asked again',
  none,
  async (world) => {
    let stuck = true
    const begun = gate()
    const { heard, agents } = scripted({
      quick: () => 'quick is done',
      slow: async () => {
        if (!stuck) return 'slow is done'
        begun.resolve()
        return new Promise(() => {})
      },
    })
    const all = teamsOf(agents, team({ mode: 'broadcast', members: ['quick', 'slow'] }))
    const work = world.engine({ agents: all })
    const { run, session } = await work.within(world.world.anna.scope).start(null, { agent: 'team', input: 'go' })
    await begun.promise
    await until(async () => (await world.world.anna.session(session).view('runs')).runs[1]?.status === 'done')
    await world.crash()
    stuck = false
    world.engine({ agents: all })
    strictEqual((await world.settle(run, 'end')).output, '## quick\n\nquick is done\n\n## slow\n\nslow is done')
    deepStrictEqual(
      heard.map(([name]) => name),
      ['quick', 'slow', 'slow'],
    )
  },
)

test('teams are read from files beside agents, with the guilty field where one does not fit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-teams-'))
  try {
    await writeFile(
      join(folder, 'review.yaml'),
      'description: Reviews a change.\nmode: lead\nlead: architect\nmembers: [coder, debug]\nlimits: { rounds: 2, cost: 0.5 }\n',
    )
    await writeFile(join(folder, 'broken.yaml'), 'description: Broken.\nmode: lead\nmembers: [coder]\n')
    await writeFile(join(folder, 'agent.yaml'), 'description: An agent.\ninstructions: Be kind.\n')
    await using teams = await openTeams({ folders: [folder] })
    deepStrictEqual(
      teams.list().map(({ name, mode, members, lead, limits }) => ({ name, mode, members, lead, limits })),
      [
        {
          name: 'review',
          mode: 'lead',
          members: ['coder', 'debug'],
          lead: 'architect',
          limits: { rounds: 2, cost: 0.5 },
        },
      ],
    )
    deepStrictEqual(teams.faults().length, 1)
    ok(/broken\.yaml/.test(teams.faults()[0]?.path ?? '') && /lead/.test(teams.faults()[0]?.message ?? ''))
    ok(withTeams(agentsOf(), teams).get('review')?.unusable?.includes('architect'))
    throws(() => defineTeam({ name: 'x', description: 'X.', mode: 'route', members: ['x'] }), TypeError)
  } finally {
    await rm(folder, { recursive: true })
  }
})
