// What a configuration says about MCP servers, whose tools are skills here.

import type { SkillRisk } from '../../../schema/states.ts'

export interface McpServer {
  /** A program that speaks MCP over its standard input and output; or {@link McpServer.url}. */
  readonly command?: string
  readonly args?: readonly string[]
  /** Absolute; default: the folder of the process. */
  readonly cwd?: string
  /** Variables that it gets beside PATH, HOME and the like; nothing else of the environment reaches it. */
  readonly env?: Readonly<Record<string, string>>
  /** NAMES of keys, of the environment or the file of keys, that it gets as variables of these names. */
  readonly secrets?: readonly string[]
  /** Where it answers over streamable HTTP. */
  readonly url?: string
  /** `{NAME}` in a value is the key of that name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of one call; default 120. */
  readonly timeout_sec?: number
  /** By the name of a tool, `*` at the end stands for any ending: goes before what the server says of itself. */
  readonly risk?: Readonly<Record<string, SkillRisk>>
}

export interface McpSettings {
  /** By their names: 1 to 63 of `a-z 0-9 _ -`. */
  readonly servers: Readonly<Record<string, McpServer>>
  /** The value of a key by its name; undefined: it is not set. */
  key(name: string): string | undefined
}

/** Names of keys that these servers are given, for whoever masks them. */
export function mcpKeys({ servers }: Pick<McpSettings, 'servers'>): readonly string[] {
  return Object.values(servers).flatMap(({ secrets = [], headers = {} }) => [
    ...secrets,
    ...Object.values(headers).flatMap((value) => [...value.matchAll(placeholder)].map(([, name]) => name ?? '')),
  ])
}

const placeholder = /\{([A-Z][A-Z0-9_]*)\}/g

/** Headers with their keys in place; the name of one that is not set otherwise. */
export function headersOf(
  headers: Readonly<Record<string, string>>,
  key: McpSettings['key'],
): { readonly made: Record<string, string> } | { readonly missing: string } {
  const made: Record<string, string> = {}
  let missing: string | undefined
  for (const [name, value] of Object.entries(headers)) {
    made[name] = value.replaceAll(placeholder, (_, wanted: string) => {
      const found = key(wanted)
      if (found === undefined) missing ??= wanted
      return found ?? ''
    })
  }
  return missing === undefined ? { made } : { missing }
}

/** A skill's id from the names of server and tool: what no id holds becomes `-`. */
export function toolId(server: string, tool: string): string {
  const part = tool
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return `mcp/${server}/${part === '' ? 'tool' : part}`.slice(0, 120)
}
