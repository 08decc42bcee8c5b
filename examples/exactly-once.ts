// A retry that can't double anything: the same key gives the first receipt again, another request under it is refused.

import { isDaybookError, openSessions } from 'daybook'
import { memoryStore } from 'daybook/memory'

await using sessions = await openSessions({ store: memoryStore() })
const inbox = await sessions.within({ tenant: 'default', subjects: ['shop'] }).open({ name: 'Orders' })

const order = { kind: 'message', data: { role: 'user', content: 'Ten boxes, please.' } } as const
const first = await inbox.append(order, { key: 'order-4711' })
const again = await inbox.append(order, { key: 'order-4711' })
console.log(`entry ${first.last}, again ${again.last}, replayed: ${again.replayed}`)

try {
  await inbox.append({ kind: 'message', data: { role: 'user', content: 'A hundred.' } }, { key: 'order-4711' })
} catch (error) {
  console.log(isDaybookError(error) ? error.code : error)
}
