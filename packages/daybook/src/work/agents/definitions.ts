// The agents of this process as they are defined: built-in ones, and those of files, which go before them.

import type { AgentDefinition, AgentDefinitions, AgentFault } from './contract.ts'
import { definitionOf } from './definition.ts'
import { DefinitionFiles, type FileFields } from './files.ts'

export interface DefinitionsOptions {
  /** Folders with files of agents; those that are not there yet are waited for. */
  readonly folders: readonly string[]
  readonly builtIn: readonly AgentDefinition[]
  /** Follow changes; default: false. */
  readonly watch?: boolean
  /** Milliseconds between two looks where the system gives no notice; default 2,000. */
  readonly lookMs?: number
  /** Called once for each new fault. Default: a warning of the process. */
  readonly onFault?: (fault: AgentFault) => void
}

export interface OpenDefinitions extends AgentDefinitions, AsyncDisposable {
  /** Reads what has changed and tries again what had a fault. */
  reload(): Promise<void>
}

/** Reads all of them; faults in files never fail it. A file with the name of a built-in agent stands in its place. */
export async function openDefinitions(options: DefinitionsOptions): Promise<OpenDefinitions> {
  const bases = new Map(options.builtIn.map((one) => [one.name, one]))
  const listeners = new Set<() => void>()
  const { folders, watch, lookMs, onFault } = options
  let byName: ReadonlyMap<string, AgentDefinition> = bases
  const files = new DefinitionFiles<AgentDefinition>({
    folders,
    ...(watch === undefined ? undefined : { watch }),
    ...(lookMs === undefined ? undefined : { lookMs }),
    ...(onFault === undefined ? undefined : { onFault }),
    read: (fields) => (isTeam(fields) ? null : definitionOf(fields.value, { ...fields, source: fields.path, bases })),
    onChange() {
      byName = new Map([...bases, ...files.list().map((one) => [one.name, one] as const)])
      for (const listener of [...listeners]) listener()
    },
  })
  await files.start()
  return {
    list: () => [...byName.values()],
    get: (name) => byName.get(name),
    faults: () => files.faults(),
    onChange(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    reload: () => files.reload(),
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  }
}

/** A file that names members defines a team, which is read elsewhere. */
function isTeam({ value }: FileFields): boolean {
  return typeof value === 'object' && value !== null && 'members' in value
}
