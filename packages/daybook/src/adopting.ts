// Composes adopting: the readers of all known agents, and a server that follows what a person wants followed.

import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { parse } from 'node:path'
import type { Adopting } from './cli/parts.ts'
import { readers } from './readers.ts'
import type { JsonObject } from './schema/json.ts'
import type { Caller, ScopedSessions, Sessions } from './session/contract.ts'
import type { Scope } from './store/store.ts'
import { type Adoptions, openAdoptions } from './transcripts/adoptions.ts'
import { type Around, lookAround } from './transcripts/around.ts'
import { type Watching, watchTranscripts } from './transcripts/watch.ts'

/** Who writes what is adopted. */
const adopter: Caller = Object.freeze({ actor: 'engine:adopt', writer: 'I' })

const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
/** What a large home holds is read beside the thread that writes. */
const threads = Object.freeze({ module: new URL(`./gatherer.${ending}`, import.meta.url) })

export const adopting: Adopting = Object.freeze({ readers, adopter, threads, wantedIn, follow })

export interface FollowingSettings {
  readonly scope: Scope
  /** Default: that of whoever runs the server. */
  readonly home?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly onError?: (error: unknown) => void
}

/** Follows the agents that the person said yes to (`daybook adopt`), until `daybook adopt --off`. */
export function followTranscripts(sessions: Sessions, settings: FollowingSettings): Watching {
  const { scope, home = homedir(), env = process.env, onError } = settings
  const mine = sessions.within(scope, adopter)
  return watchTranscripts({
    readers,
    places: { home, env },
    sessions: mine,
    threads,
    wanted: async () => wantedIn(await mine.state('user')),
    ...(onError ? { onError } : {}),
  })
}

/** Adoptions that are asked for through a server; null where whoever runs it has no home to read. */
export function adoptionsOf(sessions: Sessions, settings: FollowingSettings): Adoptions | null {
  const { scope, home = homedir(), env = process.env, onError } = settings
  if (!isHome(home)) return null
  const mine = sessions.within(scope, adopter)
  return openAdoptions({
    readers,
    places: { home, env },
    sessions: mine,
    threads,
    follow: (agents) => follow(mine, agents),
    ...(onError ? { onError } : {}),
  })
}

/** Services have none, or the root of all folders. */
function isHome(folder: string): boolean {
  return parse(folder).root !== folder && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Milliseconds for which a look is good: whoever reloads a page makes nobody walk through folders. */
const freshMs = 10_000

/** What other agents left here and the log has nothing of; no file is opened. */
export function openAround(sessions: Sessions, settings: FollowingSettings): () => Promise<Around> {
  const { scope, home = homedir(), env = process.env } = settings
  const mine = sessions.within(scope)
  const has = async (agent?: string): Promise<boolean> => {
    for (const place of ['open', 'archived', 'trash'] as const) {
      const { items, cursor } = await mine.list({ place, where: agent === undefined ? {} : { agent }, limit: 1 })
      if (items.length > 0 || cursor !== null) return true
    }
    return false
  }
  let seen: { readonly at: number; readonly around: Promise<Around> } | undefined
  return () => {
    const now = Date.now()
    if (seen === undefined || now - seen.at > freshMs) {
      seen = { at: now, around: lookAround({ readers, places: { home, env }, now, has }) }
    }
    return seen.around
  }
}

/** Those that are followed already stay so. */
async function follow(mine: ScopedSessions, agents: readonly string[]): Promise<void> {
  const all = new Set([...(wantedIn(await mine.state('user')) || []), ...agents])
  await mine.setState('user', { adopting: { agents: [...all].sort() } })
}

/** The agents that a person wants followed, as their own state says. */
function wantedIn({ adopting }: JsonObject): readonly string[] | false {
  if (typeof adopting !== 'object' || adopting === null || !('agents' in adopting)) return false
  const { agents } = adopting as { agents: unknown }
  return Array.isArray(agents) && agents.length > 0 ? agents.map(String) : false
}
