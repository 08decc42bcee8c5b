// Two continuations of one conversation: a fork shares its past without copying it, and a rewind goes back.

import { openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'

await using sessions = await openSessions({ store: memoryStore() })
const mine = sessions.within({ tenant: 'default', subjects: ['anna'] })
const plan = await mine.open({ name: 'Trip' })
const say = (session: typeof plan, content: string) =>
  session.append({ kind: 'message', data: { role: 'user', content } })

await say(plan, 'By train or by plane?')
const question = (await plan.head()).seq
await say(plan, 'By plane.')

const other = await plan.fork({ at: question, name: 'Trip by train' })
await say(other, 'By train.')
await plan.rewind(question)

for (const session of [plan, other]) {
  const { messages } = await session.view('history')
  const texts: string[] = []
  for await (const message of messages) texts.push(message.content)
  console.log(`${(await session.head()).name}: ${texts.join(' ')}`)
}
