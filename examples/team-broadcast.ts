// A team that broadcasts and merges: all members work side by side, and what each said becomes one answer.

import { openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'
import { type Agent, agentsOf, fixedSkills, openWork } from 'daybook/work'

const reader = (name: string, finds: RegExp): Agent => ({
  ...{ name, kind: 'skills', description: `Looks for ${name}.` },
  perform: async ({ input }) => [...String(input).matchAll(finds)].map(([found]) => found).join(', ') || 'nothing',
})
const members = [reader('dates', /\d{4}-\d\d-\d\d/g), reader('sums', /\$\d+/g), reader('names', /\b[A-Z][a-z]+\b/g)]

const readers: Agent = {
  name: 'readers',
  kind: 'team',
  description: 'Reads a text in three ways at once.',
  async perform(turn) {
    // In which order they end decides nothing: a run is found again by its member's name, also after a crash.
    const said = await Promise.allSettled(
      members.map(({ name }) => turn.child({ agent: name, input: turn.input ?? '' })),
    )
    return said
      .map((each, at) => `${members[at]?.name}: ${each.status === 'fulfilled' ? each.value : each.reason.message}`)
      .join('\n')
  },
}

await using sessions = await openSessions({ store: memoryStore() })
await using work = openWork({ sessions, skills: fixedSkills(), agents: agentsOf([...members, readers]) })
const mine = work.within({ tenant: 'default', subjects: ['anna'] })
const { run } = await mine.start(null, { agent: 'readers', input: 'On 2026-03-02 Anna paid $12 to Bob.' })
console.log((await mine.settled(run)).output)
