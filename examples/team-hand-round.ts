// A team that hands its work round: each member goes on from the answer of the one before, until nobody changes it.

import { openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'
import { type Agent, agentsOf, defineTeam, fixedSkills, openWork, teamsAmong } from 'daybook/work'

/** What it was given to improve, or asked. */
const draftIn = (asked: string): string => /orders to you\):\n([\s\S]*?)\n\nImprove/.exec(asked)?.[1] ?? asked

const editor = (name: string, change: (text: string) => string): Agent => ({
  ...{ name, kind: 'skills', description: `Looks after ${name}.` },
  async perform({ input }) {
    const draft = draftIn(String(input))
    const better = change(draft)
    return better === draft && String(input).includes('Improve') ? 'as it is' : better
  },
})
const members = [
  editor('capitals', (text) => text.replace(/^[a-z]/, (first) => first.toUpperCase())),
  editor('spaces', (text) => text.replace(/ {2,}/g, ' ')),
  editor('ends', (text) => (text.endsWith('.') ? text : `${text}.`)),
]
const desk = defineTeam({
  name: 'desk',
  description: 'Makes a sentence presentable.',
  mode: 'hand-round',
  members: members.map(({ name }) => name),
  limits: { rounds: 5 },
})

await using sessions = await openSessions({ store: memoryStore() })
await using work = openWork({ sessions, skills: fixedSkills(), agents: teamsAmong(agentsOf(members), [desk]) })
const mine = work.within({ tenant: 'default', subjects: ['anna'] })
const { run, session } = await mine.start(null, { agent: 'desk', input: 'the  log   comes first' })
console.log((await mine.settled(run)).output)
const { runs } = await sessions
  .within({ tenant: 'default', subjects: ['anna'] })
  .session(session)
  .view('runs')
console.log(`${runs.length - 1} parts in two rounds`)
