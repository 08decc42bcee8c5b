// A session in the words of one line.

import { firstAgent } from '../../schema/states.ts'
import type { SessionShape } from '../../schema/wire-shapes.ts'
import { many } from './time.ts'
import { oneLine } from './width.ts'

/** Who works in it, where that says something. */
export function agentOf(session: SessionShape): string {
  return session.current_agent === firstAgent ? '' : oneLine(session.current_agent)
}

export function titleOf(session: SessionShape): string {
  const text = session.name ?? session.title
  return text === null ? '(no title)' : oneLine(text)
}

/** `needs you`, `running`…; nothing for a session at rest in the open. */
export function stateOf(session: SessionShape): string {
  if (session.attention) return 'needs you'
  if (session.place !== 'open') return session.place === 'trash' ? 'in the trash' : session.place
  return session.status === 'idle' ? '' : session.status
}

/** What is asked of a person, in words. */
export function askedOf({ attention }: SessionShape): string {
  if (attention === undefined) return ''
  return `${asking[attention.kind]}: ${oneLine(attention.summary)}`
}

const asking = {
  approval: 'wants',
  question: 'asks',
  failed: 'failed',
  blocked: 'is stuck',
  budget: 'is paused',
} as const

/** The second half of a header: agent, branch, size, cost, state. */
export function factsOf(session: SessionShape): string {
  const facts = [
    agentOf(session),
    session.model === undefined ? '' : oneLine(session.model),
    session.branch === null ? '' : oneLine(session.branch),
    many(session.seq, 'entry', 'entries'),
    money(session.cost),
    stateOf(session),
  ]
  return facts.filter((fact) => fact !== '').join(' · ')
}

/** US dollars; nothing for nothing. */
export function money(dollars: number): string {
  if (dollars === 0) return ''
  return dollars < 0.01 ? '<$0.01' : `$${dollars.toFixed(2)}`
}

/** The last thing said or done, without repeating the title. */
export function lastOf(session: SessionShape): string {
  const text = oneLine(session.last?.text ?? '')
  return text === '' || text === titleOf(session) ? '' : text
}
