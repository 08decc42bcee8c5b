// A session in the words of one line.

import type { EntryShape, SessionShape } from 'daybook/client'
import { t } from '../i18n/base.ts'
import { plainLine } from './plain-line.ts'

export function titleOf({ name, title }: Pick<SessionShape, 'name' | 'title'>): string {
  return plainLine(name ?? title ?? '') || t('noTitle')
}

/** The end of an id, by which people name a session. */
export function tailOf(id: string): string {
  return id.slice(-4).toLowerCase()
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

/** Who says what an entry says: the agent of an answer, not whoever wrote it down. */
export function speakerOf({ kind, actor, data }: Pick<EntryShape, 'kind' | 'actor' | 'data'>): string {
  const { role, agent } = (data ?? {}) as { readonly role?: string; readonly agent?: string }
  return kind === 'message' && role !== 'user' && agent !== undefined ? agent : actorOf(actor)
}

/** Who caused an entry, without what it is: `agent:codex` is `codex`, and whoever owns this machine is the reader. */
export function actorOf(actor: string): string {
  return /^(?:user:)?local$/.test(actor) ? t('you') : actor.replace(/^(?:agent|user|program|system):/, '')
}
