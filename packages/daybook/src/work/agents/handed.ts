// A turn that was handed to an agent of another kind: a team, a program, or what finds skills.

import type { NewEntry } from '../../schema/entries.ts'
import type { Json } from '../../schema/json.ts'
import type { Usage } from '../../schema/parts.ts'
import { textOf } from '../entry.ts'
import type { Agent, Turn } from '../performer.ts'

/** The rest of the turn, by this agent. Its answer stands in the log, whoever writes it there. */
export async function handedTo(turn: Turn, agent: Agent): Promise<Json | undefined> {
  const output = await agent.perform(turn)
  if (agent.tells !== true) await tellAnswer(turn, agent.name, output)
  return output
}

/** What choosing took, where no hand-off says it. */
export interface ChoiceCost {
  readonly model?: string
  readonly usage?: Usage
  readonly cost?: number
}

/** The answer as a message, once. */
export async function tellAnswer(
  turn: Turn,
  agent: string,
  output: Json | undefined,
  { model, usage, cost }: ChoiceCost = {},
): Promise<void> {
  const content = textOf(output)
  if (content === '') return
  const data = {
    ...{ role: 'assistant' as const, content, agent },
    ...(model === undefined ? undefined : { model }),
    ...(usage === undefined ? undefined : { usage }),
    ...(cost === undefined ? undefined : { cost }),
  }
  const entry: NewEntry<'message'> = { kind: 'message', run: turn.run, actor: `agent:${agent}`, data }
  await turn.step(
    'answer',
    async ({ key }) => {
      await turn.session.append(entry, { key })
      return undefined
    },
    { idempotent: true },
  )
}
