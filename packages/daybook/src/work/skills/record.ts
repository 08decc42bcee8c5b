// The registry in the log: which skill was there in which version, each in a system session of its own.

import { isDaybookError } from '../../schema/errors.ts'
import type { Seq, SessionId, Tenant } from '../../schema/ids.ts'
import type { Receipt, ScopedSessions, Session, Sessions } from '../../session/contract.ts'
import { sha256 } from '../../store/hash.ts'
import type { Skill } from './contract.ts'
import { recordOf } from './skill.ts'

/** Its state says which skills are registered: system sessions are in no list. */
const registry: SessionId = '@skills'
const prefix = '@skill:'

export interface SkillsRecorded {
  readonly added: readonly string[]
  readonly retired: readonly string[]
}

/**
 * The session of a skill: `/` becomes `:`, which no skill's id holds; what would be longer than an id may be stands there as
 * its hash, behind a second `:`, where no id has one.
 */
export function skillSession(id: string): SessionId {
  const plain = prefix + id.replaceAll('/', ':')
  return plain.length <= 128 ? plain : `${prefix}:${sha256(id)}`
}

/**
 * Writes `skill.added` where a skill is not yet recorded with its hash, and `skill.retired` for those that are recorded and
 * not among `skills`. Nothing is written twice, also when several processes do it at once.
 */
export async function recordSkills(
  sessions: Sessions,
  tenant: Tenant,
  skills: readonly Skill[],
): Promise<SkillsRecorded> {
  const scoped = sessions.within({ tenant, subjects: 'all' }, { actor: 'engine:skills', writer: 'R' })
  const index = scoped.session(registry, { opens: { owner: registry } })
  const known = await registered(index)
  const present = new Set(skills.map(({ id }) => id))
  const fresh = [...present].filter((id) => !known.has(id))
  const gone = [...known].filter((id) => !present.has(id))
  // First, so that whatever is recorded is also found when this process ends in between.
  await change(index, Object.fromEntries(fresh.map((id) => [id, true])))
  const added: string[] = []
  const retired: string[] = []
  for (const skill of skills) if (await record(scoped, skill.id, skill)) added.push(skill.id)
  for (const id of gone) if (await record(scoped, id, null)) retired.push(id)
  await change(index, Object.fromEntries(gone.map((id) => [id, null])))
  return { added, retired }
}

async function registered(index: Session): Promise<ReadonlySet<string>> {
  try {
    return new Set(Object.keys((await index.cell()).state))
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return new Set()
    throw error
  }
}

async function change(index: Session, patch: Readonly<Record<string, true | null>>): Promise<void> {
  if (Object.keys(patch).length === 0) return
  await index.append({ kind: 'state.changed', data: { scope: 'session', patch } })
}

/** True when this call has written it. */
async function record(scoped: ScopedSessions, id: string, skill: Skill | null): Promise<boolean> {
  const session = scoped.session(skillSession(id), { opens: { owner: registry, name: id } })
  for (;;) {
    const { seq, hash } = await lastOf(session)
    if (hash === (skill?.hash ?? null)) return false
    try {
      return !(await write(session, id, skill, seq)).replayed
    } catch (error) {
      // Another process was faster; what it wrote decides what is left to do.
      if (!isDaybookError(error) || error.code !== 'conflict') throw error
    }
  }
}

function write(session: Session, id: string, skill: Skill | null, seq: Seq): Promise<Receipt> {
  const options = { expect: seq, key: `${skill?.hash ?? 'retired'} after ${seq}` }
  return skill
    ? session.append({ kind: 'skill.added', data: recordOf(skill) }, options)
    : session.append({ kind: 'skill.retired', data: { skill_id: id } }, options)
}

/** The hash that is recorded at the moment; null for none, and for a retired skill. */
async function lastOf(session: Session): Promise<{ readonly seq: Seq; readonly hash: string | null }> {
  try {
    const { seq } = await session.head()
    const [last] = await session.read({ order: 'desc', limit: 1, until: seq, kinds: ['skill.added', 'skill.retired'] })
    const hash = last?.kind === 'skill.added' && last.data !== null ? last.data.hash : null
    return { seq, hash }
  } catch (error) {
    if (isDaybookError(error) && error.code === 'not_found') return { seq: 0, hash: null }
    throw error
  }
}
