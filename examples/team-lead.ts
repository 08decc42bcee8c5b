// A team with a lead: it gives parts of the work away until it has the answer. The mode is the shipped one.

import { openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'
import { type Agent, agentsOf, defineTeam, fixedSkills, openWork, teamsAmong } from 'daybook/work'

const agent = (name: string, perform: (asked: string) => string): Agent => ({
  ...{ name, kind: 'skills', description: `The agent ${name}.` },
  perform: async ({ input }) => perform(String(input)),
})

// A model would do this better: it gives work away by lines that begin with @, and its reply without one is the answer.
const lead = agent('lead', (asked) => {
  const known = [...asked.matchAll(/<part of="(\w+)".*>\n(.*)\n<\/part>/g)].map(
    ([, who, what]) => `${who} says ${what}`,
  )
  return known.length === 0 ? 'Let us share this:\n@width of a door in cm\n@height of a door in cm' : known.join(', ')
})
const members = [agent('width', () => '90'), agent('height', () => '210')]
const house = defineTeam({
  name: 'house',
  description: 'Measures a house.',
  mode: 'lead',
  lead: 'lead',
  members: ['width', 'height'],
  limits: { rounds: 2 },
})

await using sessions = await openSessions({ store: memoryStore() })
const agents = teamsAmong(agentsOf([lead, ...members]), [house])
await using work = openWork({ sessions, skills: fixedSkills(), agents })
const mine = work.within({ tenant: 'default', subjects: ['anna'] })
const { run, session } = await mine.start(null, { agent: 'house', input: 'How large is the door?' })
console.log((await mine.settled(run)).output)
const { runs } = await sessions
  .within({ tenant: 'default', subjects: ['anna'] })
  .session(session)
  .view('runs')
console.log(runs.map(({ agent, parent }) => (parent ? `  ${agent}` : agent)).join('\n'))
