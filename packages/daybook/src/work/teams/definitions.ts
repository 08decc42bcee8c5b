// The teams of this process: files beside those of agents, which name members.

import type { AgentFault } from '../agents/contract.ts'
import { DefinitionFiles } from '../agents/files.ts'
import type { TeamDefinition, TeamDefinitions } from './contract.ts'
import { teamOf } from './definition.ts'

export interface OpenTeams extends TeamDefinitions, AsyncDisposable {
  reload(): Promise<void>
}

export interface TeamsOptions {
  /** The folders of agents; those that are not there yet are waited for. */
  readonly folders: readonly string[]
  /** Follow changes; default: false. */
  readonly watch?: boolean
  readonly lookMs?: number
  readonly onFault?: (fault: AgentFault) => void
}

/** Reads all of them; a file that names no members is an agent's, and read elsewhere, with what is wrong in it. */
export async function openTeams({ folders, watch, lookMs, onFault }: TeamsOptions): Promise<OpenTeams> {
  const listeners = new Set<() => void>()
  /** A file that cannot be read at all is told by those who read agents. */
  const known = new Set<string>()
  const files = new DefinitionFiles<TeamDefinition>({
    folders,
    ...(watch === undefined ? undefined : { watch }),
    ...(lookMs === undefined ? undefined : { lookMs }),
    onFault: (fault) => {
      if (known.has(fault.path)) onFault?.(fault)
    },
    read({ value, name, path }) {
      if (typeof value !== 'object' || value === null || !('members' in value)) return null
      known.add(path)
      return teamOf(value, { name, source: path })
    },
    onChange() {
      for (const listener of [...listeners]) listener()
    },
  })
  await files.start()
  return {
    list: () => files.list(),
    get: (name) => files.list().find((one) => one.name === name),
    faults: () => files.faults().filter(({ path }) => known.has(path)),
    onChange(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    reload: () => files.reload(),
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  }
}
