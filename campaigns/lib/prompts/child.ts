// A program that gives prompts to other programs until it is killed: the same prompts again, whenever it starts again.

import { join } from 'node:path'
import { openDriving } from '../../../packages/daybook/src/driving.ts'
import { hostClient } from '../../../packages/daybook/src/program/host/client.ts'
import type { RunId } from '../../../packages/daybook/src/schema/ids.ts'
import type { DriverName } from '../../../packages/daybook/src/schema/states.ts'
import { openSessions } from '../../../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../../../packages/daybook/src/store/sqlite.ts'
import { agentsOf } from '../../../packages/daybook/src/work/agents.ts'
import { withPrograms } from '../../../packages/daybook/src/work/programs/agent.ts'
import { fixedSkills } from '../../../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../../../packages/daybook/src/work/work.ts'
import { pause } from '../campaign.ts'
import { say } from '../say.ts'

export interface PromptsTask {
  readonly folder: string
  /** The program that gets them. */
  readonly agent: string
  /** Of each session, its prompts in order. */
  readonly prompts: Readonly<Record<string, readonly string[]>>
  /** How the program is driven; default: in the first of its ways. */
  readonly driver?: DriverName
  /** What is said to all that it asks; without it nothing is, and it waits. */
  readonly decides?: 'approved' | 'denied'
}

export interface FromPrompts {
  readonly t: 'asked' | 'waits' | 'over'
}

const scope = { tenant: 'default', subjects: ['local'] } as const
const { folder, agent, prompts, driver, decides } = JSON.parse(process.argv[2] ?? '') as PromptsTask

const store = sqliteStore({ path: join(folder, 'daybook.db') })
const sessions = await openSessions({ store })
const host = hostClient({ folder: join(folder, 'host') })
const file = join(folder, 'programs.json')
const driving = await openDriving({ file, state: folder, store: 'sqlite:daybook.db', host })
const { blobs } = store.within(scope)
const work = openWork({
  sessions,
  skills: fixedSkills(),
  agents: withPrograms(agentsOf(), driving, (printed) => blobs.put(printed)),
  tickMs: 50,
  leaseMs: 400,
})
const mine = work.within(scope)
const asked: string[] = []
for (const [session, texts] of Object.entries(prompts)) {
  for (const [n, text] of texts.entries()) {
    const input = driver === undefined ? text : { text, driver }
    const opens = { metadata: { cwd: join(folder, 'work') } }
    asked.push((await mine.start(session, { agent, input }, { key: `prompt ${n}`, opens })).run)
  }
}

async function over(run: RunId): Promise<void> {
  for (;;) {
    const { status, approvals } = await mine.settled(run)
    if (status !== 'waiting') return
    const open = approvals.find((each) => each.status === 'open')
    if (open && decides) await mine.decide(run, open.id, { decision: decides, digest: open.digest })
    else if (open) {
      say({ t: 'waits' } satisfies FromPrompts)
      await mine.settled(run, { until: 'end' })
    } else await pause(20)
  }
}

say({ t: 'asked' } satisfies FromPrompts)
for (const run of asked) await over(run as RunId)
await work.close()
await driving[Symbol.asyncDispose]()
await sessions.close()
await store.close()
say({ t: 'over' } satisfies FromPrompts)
process.exit(0)
