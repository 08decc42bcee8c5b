// Composes what skills reach beyond the store: folders of this machine, and the tools of MCP servers.

import type { ModelSettings } from './model/settings.ts'
import { programsFrom } from './program/programs.ts'
import type { FileSettings } from './work/skills/builtin/files/place.ts'
import type { Skills } from './work/skills/contract.ts'
import type { McpServer } from './work/skills/mcp/settings.ts'

export interface ReachSettings {
  /** Absolute folders in and below which sessions of everybody may work with files; default: none. */
  readonly fileFolders?: readonly string[]
  /** MCP servers by their names. */
  readonly mcp?: Readonly<Record<string, McpServer>>
  readonly programs?: { readonly file: string }
  /** Whose keys servers are given by name. */
  readonly models?: Pick<ModelSettings, 'key'>
}

/** Undefined where nobody allowed a folder: then there are no skills of files. */
export function filesOf({ fileFolders = [], programs }: ReachSettings): { readonly files?: FileSettings } {
  if (fileFolders.length === 0 && !programs) return {}
  const known = programs ? programsFrom({ path: programs.file }) : null
  return { files: { folders: fileFolders, workdirs: () => known?.current().workdirs ?? [] } }
}

export interface Reaching {
  readonly skills: Skills
  close(): Promise<void>
}

/** These skills, with the tools of the configured servers; none of them is asked for anything yet. */
export async function reaching(
  skills: Skills,
  { mcp = {}, models }: ReachSettings,
  put: (bytes: Uint8Array) => Promise<string>,
): Promise<Reaching> {
  if (Object.keys(mcp).length === 0) return { skills, close: async () => undefined }
  const { withMcp } = await import('./work/skills/mcp/skills.ts')
  const all = withMcp(skills, { servers: mcp, key: (name) => models?.key(name), put })
  return { skills: all, close: async () => all[Symbol.asyncDispose]() }
}
