// A real MCP server, as a process of its own: over its standard input and output, or with a port as its argument over HTTP.

import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js'

/** Lines of what happened, for the test. */
const trace = process.env.TRACE ?? ''
const note = (line: string): void => {
  if (trace !== '') appendFileSync(trace, `${line}\n`)
}

const words = { type: 'object' as const, properties: { text: { type: 'string' } }, required: ['text'] }
const readOnly = { annotations: { readOnlyHint: true } }
const tools: Tool[] = [
  { name: 'echo', title: 'Echo', description: 'Says it again.', inputSchema: words, ...readOnly },
  { name: 'setState', description: 'Changes something.', inputSchema: words },
  { name: 'fail', inputSchema: { type: 'object' }, ...readOnly },
  { name: 'picture', inputSchema: { type: 'object' }, ...readOnly },
  { name: 'slow', inputSchema: { type: 'object' } },
  { name: 'crash', inputSchema: { type: 'object' } },
  { name: 'environment', inputSchema: { type: 'object' }, ...readOnly },
  { name: 'grow', inputSchema: { type: 'object' } },
  {
    name: 'sum',
    inputSchema: { type: 'object', properties: { of: { type: 'array', items: { type: 'number' } } }, required: ['of'] },
    outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
    ...readOnly,
  },
]

function serverOf(): Server {
  const server = new Server({ name: 'fixture', version: '1' }, { capabilities: { tools: { listChanged: true } } })
  // Two pages, as larger servers give them.
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => {
    note('list')
    if (process.env.ENDLESS !== undefined) return { tools: tools.slice(0, 1), nextCursor: 'more' }
    return params?.cursor === 'second' ? { tools: tools.slice(3) } : { tools: tools.slice(0, 3), nextCursor: 'second' }
  })
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given = {} } }, { signal }) => {
    note(`${name} ${JSON.stringify(given)}`)
    const say = (text: string) => ({ content: [{ type: 'text' as const, text }] })
    if (name === 'fail') return { ...say('no such thing'), isError: true }
    if (name === 'picture') return { content: [{ type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' }] }
    if (name === 'crash') process.exit(3)
    if (name === 'environment') return say(Object.keys(process.env).sort().join(' '))
    if (name === 'sum') {
      const sum = (given.of as number[]).reduce((a, b) => a + b, 0)
      return { ...say(String(sum)), structuredContent: { sum } }
    }
    if (name === 'slow') {
      signal.addEventListener('abort', () => note('slow was cancelled'))
      await setTimeout(60_000, undefined, { signal })
    }
    if (name === 'grow') {
      tools.push({ name: 'grown', inputSchema: { type: 'object' } })
      for (let count = 0; count < 50; count += 1) await server.sendToolListChanged()
      return say('grown')
    }
    return say(String(given.text))
  })
  return server
}

if (process.argv[2] === undefined) await serverOf().connect(new StdioServerTransport())
else {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const http = createServer(async (request, response) => {
    if (request.headers.authorization !== 'Bearer planted-mcp-key') return response.writeHead(401).end()
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (id !== undefined && !known) return response.writeHead(404).end('{}')
    if (known) return known.handleRequest(request, response)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (fresh) => void sessions.set(fresh, transport),
    })
    await serverOf().connect(transport as Transport)
    await transport.handleRequest(request, response)
  })
  http.listen(Number(process.argv[2]), '127.0.0.1', () => {
    process.stdout.write(`${(http.address() as AddressInfo).port}\n`)
  })
  // What a restart of a server does to its sessions.
  process.on('SIGUSR2', () => sessions.clear())
}
