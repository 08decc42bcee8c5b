// A session in the words of one line.

import type { SessionShape } from 'daybook/client'
import { t } from '../i18n/base.ts'
import { plainLine } from './plain-line.ts'

export function titleOf({ name, title }: Pick<SessionShape, 'name' | 'title'>): string {
  return plainLine(name ?? title ?? '') || t('noTitle')
}

/** The last thing said or done, without repeating the title. */
export function lastOf(session: Pick<SessionShape, 'name' | 'title' | 'last'>): string {
  const text = plainLine(session.last?.text ?? '')
  return text === titleOf(session) ? '' : text
}

/** Who works in it, where that says something. */
export function agentOf({ current_agent }: Pick<SessionShape, 'current_agent'>): string {
  return current_agent === 'orchestrator' ? '' : current_agent
}

/** Who caused an entry, without what it is: `agent:codex` is `codex`, and whoever owns this machine is the reader. */
export function actorOf(actor: string): string {
  return actor === 'user:local' ? t('you') : actor.replace(/^(?:agent|user|program|system):/, '')
}
