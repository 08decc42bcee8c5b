// One connection to an MCP server, shared by all who call it: made when it is first needed, and again when it was lost.

import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import { bounded } from '../../../model/bounded.ts'
import { untilAborted } from '../../../model/until-aborted.ts'
import { DaybookError } from '../../../schema/errors.ts'
import type { JsonObject } from '../../../schema/json.ts'
import { RunFailure } from '../../failure.ts'
import { headersOf, type McpServer, type McpSettings } from './settings.ts'

/** Milliseconds: to connect, and until a server that could not be reached is tried again, doubling. */
const connectMs = 20_000
const [firstPauseMs, longestPauseMs] = [1000, 60_000]
const usualSeconds = 120
/** Of one server, and the pages in which it lists them; more is a fault of it. */
const [mostTools, mostPages] = [1000, 100]

export interface ConnectionOptions {
  readonly name: string
  readonly server: McpServer
  readonly key: McpSettings['key']
  /** Told with the tools whenever they are known anew. */
  readonly onTools: (tools: readonly Tool[]) => void
  /** Told why it cannot be reached; null once it can. */
  readonly onFault: (message: string | null) => void
  /** Milliseconds since some beginning; for tests. */
  readonly clock?: () => number
}

interface Open {
  readonly client: Client
  isOver: boolean
  isListing: boolean
  /** Its tools are others since they were listed. */
  isStale: boolean
}

export class McpConnection {
  readonly #options: ConnectionOptions
  readonly #clock: () => number
  #open: Promise<Open> | null = null
  #present: Open | null = null
  /** The latest one, also while it connects. */
  #client: Client | null = null
  #failed: { readonly error: DaybookError; readonly until: number; readonly pause: number } | null = null
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
  }

  /** @throws DaybookError `unreachable`, at once while it is not yet time to try again */
  async ready(signal: AbortSignal): Promise<void> {
    await untilAborted(this.#opened(), signal)
  }

  /** @throws DaybookError `unreachable`; RunFailure `timeout`, `outcome_unknown`, `error`; what an abort throws */
  async call(tool: string, input: JsonObject, signal: AbortSignal, isHarmless: boolean): Promise<CallToolResult> {
    for (let tries = 1; ; tries += 1) {
      const open = await untilAborted(this.#opened(), signal)
      try {
        return await this.#asked(open, tool, input, signal)
      } catch (error) {
        signal.throwIfAborted()
        const lost = await lostIn(error, open)
        if (lost === null) throw failureOf(this.#options.name, tool, error)
        this.#drop(open)
        // Never begun, or harmless to do twice: over a fresh connection, once.
        if (tries === 1 && (lost === 'before' || isHarmless)) continue
        throw new RunFailure('outcome_unknown', `the MCP server ${this.#options.name} went away during ${tool}`)
      }
    }
  }

  async #asked({ client }: Open, name: string, input: JsonObject, signal: AbortSignal): Promise<CallToolResult> {
    const timeout = (this.#options.server.timeout_sec ?? usualSeconds) * 1000
    const options = { signal, timeout, maxTotalTimeout: timeout }
    return (await client.callTool({ name, arguments: { ...input } }, undefined, options)) as CallToolResult
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#client?.close()
    await this.#open?.catch(() => null)
  }

  #opened(): Promise<Open> {
    if (this.#closed) throw this.#unreachable('it is closed')
    if (this.#failed && this.#clock() < this.#failed.until) throw this.#failed.error
    this.#open ??= this.#connect().catch((error) => {
      this.#open = null
      const pause = Math.min((this.#failed?.pause ?? firstPauseMs / 2) * 2, longestPauseMs)
      const unreachable = this.#unreachable(error instanceof Error ? error.message : String(error))
      this.#failed = { error: unreachable, until: this.#clock() + pause, pause }
      this.#options.onFault(unreachable.message)
      throw unreachable
    })
    return this.#open
  }

  #unreachable(why: string): DaybookError {
    return new DaybookError('unreachable', `the MCP server ${this.#options.name} cannot be reached: ${why}`)
  }

  async #connect(): Promise<Open> {
    const [{ Client: McpClient }, { ToolListChangedNotificationSchema }] = await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js').catch(missing),
      import('@modelcontextprotocol/sdk/types.js').catch(missing),
    ])
    const client = new McpClient({ name: 'daybook', version: '1' }, { capabilities: {} })
    const open: Open = { client, isOver: false, isListing: false, isStale: false }
    client.onclose = () => this.#drop(open)
    // What goes wrong with a call is told to its caller.
    client.onerror = () => undefined
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.#listAgain(open))
    this.#client = client
    try {
      const transport = await this.#transport()
      if (this.#closed) throw new Error('it is closed')
      await client.connect(transport, { timeout: connectMs })
      await this.#list(client)
    } catch (error) {
      await client.close().catch(() => undefined) // it was never open
      throw error
    }
    // It may have ended while it was listed.
    if (open.isOver) throw new Error('it went away at once')
    this.#present = open
    this.#failed = null
    this.#options.onFault(null)
    return open
  }

  async #transport(): Promise<Transport> {
    const { name, server, key } = this.#options
    const { command, args = [], cwd, env = {}, secrets = [], url, headers = {} } = server
    if (url !== undefined) {
      const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
      const filled = headersOf(headers, key)
      if ('missing' in filled) throw new Error(`${filled.missing} is not set`)
      // Its optional members may be undefined, which the contract of transports does not say.
      return new StreamableHTTPClientTransport(new URL(url), {
        requestInit: { headers: filled.made },
        fetch: async (address, init) => bounded(await fetch(address, init)),
      }) as Transport
    }
    if (command === undefined) throw new Error(`neither command nor url is given for ${name}`)
    const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js')
    const given: Record<string, string> = { ...env }
    for (const secret of secrets) {
      const value = key(secret)
      if (value === undefined) throw new Error(`${secret} is not set`)
      given[secret] = value
    }
    const place = cwd === undefined ? {} : { cwd }
    return new StdioClientTransport({ command, args: [...args], env: given, stderr: 'ignore', ...place })
  }

  /** However often it says that its tools are others now: one list at a time, and one more behind that. */
  async #listAgain(open: Open): Promise<void> {
    open.isStale = true
    if (open.isListing) return
    open.isListing = true
    try {
      while (open.isStale && !open.isOver) {
        open.isStale = false
        await this.#list(open.client)
      }
    } finally {
      open.isListing = false
    }
  }

  async #list(client: Client): Promise<void> {
    const tools: Tool[] = []
    let cursor: string | undefined
    for (let count = 0; count < mostPages; count += 1) {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: connectMs })
      tools.push(...page.tools)
      cursor = page.nextCursor
      if (cursor === undefined || tools.length >= mostTools) break
    }
    this.#options.onTools(tools.slice(0, mostTools))
  }

  #drop(open: Open): void {
    if (open.isOver) return
    open.isOver = true
    if (this.#present === open) this.#open = null
    void open.client.close().catch(() => undefined) // what is gone needs no ending
  }
}

/** Whether a connection was lost, and then whether before the call reached the server. */
async function lostIn(error: unknown, open: Open): Promise<'before' | 'during' | null> {
  const { StreamableHTTPError } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
  const { McpError, ErrorCode } = await import('@modelcontextprotocol/sdk/types.js')
  if (error instanceof McpError) return error.code === ErrorCode.ConnectionClosed ? 'during' : null
  // A session that the server has forgotten; nothing of the call was done.
  if (error instanceof StreamableHTTPError) return error.code === 404 ? 'before' : null
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } }
  if (cause?.code === 'ECONNREFUSED' || cause?.code === 'ENOTFOUND') return 'before'
  if (error instanceof TypeError && error.message === 'fetch failed') return 'during'
  return open.isOver ? 'during' : null
}

function failureOf(server: string, tool: string, error: unknown): Error {
  const { code, message } = error as { code?: unknown; message?: unknown }
  // RequestTimeout of MCP.
  if (code === -32001) return new RunFailure('timeout', `${tool} of the MCP server ${server} took longer than it may`)
  return new RunFailure('error', `${tool} of the MCP server ${server}: ${message}`, 'mcp_error', error)
}

function missing(cause: unknown): never {
  throw new DaybookError('unreachable', 'MCP servers need the package @modelcontextprotocol/sdk', {
    hint: 'npm install @modelcontextprotocol/sdk',
    cause,
  })
}
