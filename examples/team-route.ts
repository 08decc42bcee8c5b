// A team that routes: the member whose description fits does the work, the next one where it fails.
// A mode is some twenty lines over one thing: `turn.child`, a run inside the run. Here it stands written out.

import { openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'
import { type Agent, agentsOf, fixedSkills, openWork, type Turn } from 'daybook/work'

const member = (name: string, description: string, perform: (turn: Turn) => Promise<string>): Agent => ({
  ...{ name, kind: 'skills', description, perform },
})
const rivers = member('rivers', 'Knows rivers and lakes.', async () => 'The Rhine flows into the North Sea.')
const peaks = member('peaks', 'Knows mountains.', async () => {
  throw new Error('lost in the fog')
})

const members = [peaks, rivers]
const geography: Agent = {
  name: 'geography',
  kind: 'team',
  description: 'Answers questions about the earth.',
  async perform(turn) {
    const asked = String(turn.input)
    const fits = ({ description }: Agent) =>
      description.split(/\W+/).some((word) => word !== '' && asked.includes(word))
    for (const { name } of members.toSorted((one, other) => Number(fits(other)) - Number(fits(one)))) {
      try {
        return (await turn.child({ agent: name, input: asked })) ?? null
      } catch (error) {
        console.log(`${name} failed: ${(error as Error).message}`)
      }
    }
    throw new Error('nobody knows')
  },
}

await using sessions = await openSessions({ store: memoryStore() })
await using work = openWork({ sessions, skills: fixedSkills(), agents: agentsOf([...members, geography]) })
const mine = work.within({ tenant: 'default', subjects: ['anna'] })
for (const input of ['where do rivers end?', 'how high are mountains?']) {
  const { run } = await mine.start(null, { agent: 'geography', input })
  console.log((await mine.settled(run)).output)
}
