// The tools of MCP servers as skills beside the others: known once their server was reached, which happens when they are wanted.

import type { Tool } from '@modelcontextprotocol/sdk/types.js'
import { isDaybookError } from '../../../schema/errors.ts'
import type { Json, JsonObject } from '../../../schema/json.ts'
import type { SkillRisk } from '../../../schema/states.ts'
import { sha256 } from '../../../store/hash.ts'
import type { Skill, SkillContext, SkillDefinition, SkillFault, Skills } from '../contract.ts'
import { skillOf } from '../skill.ts'
import { McpConnection } from './connection.ts'
import { outputOf, type PutBlob } from './results.ts'
import { type McpServer, type McpSettings, toolId } from './settings.ts'

export interface McpOptions extends McpSettings {
  readonly put: PutBlob
  readonly clock?: () => number
}

export interface McpSkills extends Skills, AsyncDisposable {}

const prefix = 'mcp/'
/** Tools that were called before their server was reached. */
const mostUnseen = 256

/** These skills, and those of the servers; a skill's id that is taken stays with whoever had it. */
export function withMcp(skills: Skills, options: McpOptions): McpSkills {
  return new SkillsWithMcp(skills, options)
}

interface Known {
  readonly server: McpServer
  readonly connection: McpConnection
  skills: ReadonlyMap<string, Skill>
  fault: SkillFault | null
}

class SkillsWithMcp implements McpSkills {
  readonly #skills: Skills
  readonly #options: McpOptions
  readonly #servers: ReadonlyMap<string, Known>
  readonly #listeners = new Set<() => void>()
  readonly #lazy = new Map<string, Skill>()

  constructor(skills: Skills, options: McpOptions) {
    this.#skills = skills
    this.#options = options
    const { clock } = options
    this.#servers = new Map(
      Object.entries(options.servers).map(([name, server]) => {
        const connection = new McpConnection({
          ...{ name, server, key: options.key },
          ...(clock ? { clock } : {}),
          onTools: (tools) => this.#take(name, tools),
          onFault: (message) => this.#fault(name, message),
        })
        return [name, { server, connection, skills: new Map(), fault: null }]
      }),
    )
  }

  list(): readonly Skill[] {
    const own = this.#skills.list()
    const taken = new Set(own.map(({ id }) => id))
    const others = [...this.#servers.values()].flatMap((known) => [...known.skills.values()])
    return [...own, ...others.filter(({ id }) => !taken.has(id))]
  }

  /** A tool of a server that was not reached yet is there all the same: its call reaches it. */
  get(id: string): Skill | undefined {
    const found = this.#skills.get(id)
    if (found || !id.startsWith(prefix)) return found
    const [name = '', tool] = id.slice(prefix.length).split('/')
    const known = this.#servers.get(name)
    if (!known || tool === undefined) return undefined
    return known.skills.get(id) ?? (known.skills.size === 0 ? this.#unseen(id, name, tool) : undefined)
  }

  faults(): readonly SkillFault[] {
    return [...(this.#skills.faults?.() ?? []), ...[...this.#servers.values()].flatMap(({ fault }) => fault ?? [])]
  }

  onChange(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    const stop = this.#skills.onChange(own)
    return () => {
      stop()
      this.#listeners.delete(own)
    }
  }

  async prepare(ids: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const told = (await this.#skills.prepare?.(ids, signal)) ?? []
    const wanted = [...this.#servers].filter(([name]) => ids.some((id) => reaches(id, name)))
    const faults = wanted.map(async ([, { connection }]): Promise<string[]> => {
      try {
        await connection.ready(signal)
        return []
      } catch (error) {
        if (isDaybookError(error)) return [error.message]
        throw error
      }
    })
    return [...told, ...(await Promise.all(faults)).flat()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].map(({ connection }) => connection.close()))
  }

  #take(name: string, tools: readonly Tool[]): void {
    const known = this.#servers.get(name)
    if (!known) return
    const skills = new Map<string, Skill>()
    for (const tool of tools) {
      const id = freeId(toolId(name, tool.name), skills)
      skills.set(id, this.#skillOf(id, name, tool, known))
    }
    known.skills = skills
    for (const listener of [...this.#listeners]) listener()
  }

  #fault(name: string, message: string | null): void {
    const known = this.#servers.get(name)
    if (!known || known.fault?.message === message) return
    known.fault = message === null ? null : { folder: `${prefix}${name}`, message, since: Date.now() }
  }

  #skillOf(id: string, name: string, tool: Tool, { server }: Known): Skill {
    const { title, description = '', annotations, inputSchema } = tool
    const readOnly = annotations?.readOnlyHint === true
    const definition = {
      id,
      name: (title ?? annotations?.title ?? tool.name).slice(0, 512) || id,
      description: (description.trim() || `The tool ${tool.name} of the MCP server ${name}.`).slice(0, 8192),
      risk: riskOf(tool.name, server) ?? (readOnly ? ('low' as const) : ('high' as const)),
      idempotent: readOnly || annotations?.idempotentHint === true,
      routable: false,
      run: (input: Json, context: SkillContext) => this.#call(name, tool.name, input, context, readOnly),
    }
    const skill = madeWith(definition, inputSchema as unknown as JsonObject, name)
    names.set(skill, tool.name)
    return skill
  }

  #unseen(id: string, name: string, tool: string): Skill {
    const known = this.#lazy.get(id)
    if (known) return known
    const definition = {
      ...{ id, name: tool, description: `The tool ${tool} of the MCP server ${name}.` },
      ...{ risk: 'high' as const, routable: false },
      run: async (input: Json, context: SkillContext): Promise<Json | undefined> => {
        await this.#servers.get(name)?.connection.ready(context.signal)
        const real = this.#servers.get(name)?.skills.get(id)
        return this.#call(name, real ? realName(real) : tool, input, context, false)
      },
    }
    const skill = made(definition, name)
    // Whoever asks decides what they are called: they are not kept without end.
    if (this.#lazy.size >= mostUnseen) this.#lazy.clear()
    this.#lazy.set(id, skill)
    return skill
  }

  async #call(
    name: string,
    tool: string,
    input: Json,
    context: SkillContext,
    isHarmless: boolean,
  ): Promise<JsonObject> {
    const connection = this.#servers.get(name)?.connection
    if (!connection) throw new TypeError(`no MCP server ${name}`)
    const given = (input ?? {}) as JsonObject
    return outputOf(tool, await connection.call(tool, given, context.signal, isHarmless), this.#options.put)
  }
}

/** How the server calls the tool of a skill; its id may be written in another way. */
const names = new WeakMap<Skill, string>()

function realName(skill: Skill): string {
  return names.get(skill) ?? skill.name
}

function madeWith(definition: SkillDefinition, input: JsonObject, server: string): Skill {
  try {
    return made({ ...definition, input }, server)
  } catch (error) {
    // A schema that nothing could be checked by: the server checks.
    if (isDaybookError(error)) return made({ ...definition, input: { type: 'object' } }, server)
    throw error
  }
}

/** Its version is that of its name: what a server says of a tool may change while a call of it waits. */
function made(definition: SkillDefinition, server: string): Skill {
  return skillOf(definition, `MCP server ${server}`, { hash: sha256(definition.id) })
}

function freeId(id: string, taken: ReadonlyMap<string, Skill>): string {
  let free = id
  for (let count = 2; taken.has(free); count += 1) free = `${id}-${count}`
  return free
}

function riskOf(tool: string, { risk = {} }: McpServer): SkillRisk | undefined {
  return Object.entries(risk).find(([name]) =>
    name.endsWith('*') ? tool.startsWith(name.slice(0, -1)) : name === tool,
  )?.[1]
}

/** Whether an id, or a pattern of ids, may mean a tool of this server. */
function reaches(id: string, server: string): boolean {
  const whole = `${prefix}${server}/`
  return id.endsWith('*') ? whole.startsWith(id.slice(0, -1)) || id.startsWith(whole) : id.startsWith(whole)
}
