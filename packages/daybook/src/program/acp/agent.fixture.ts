// A small agent that speaks the Agent Client Protocol over standard input and output: what it does with a prompt stands in the prompt.

import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

interface Message {
  readonly id?: string | number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: { readonly outcome?: { readonly outcome: string; readonly optionId?: string } }
  readonly error?: { readonly code: number }
}

/** How it differs from a plain agent: `late`, `resumes`, `forgets`, `loads-nothing`, `old`, `stranger`, `mute`, `blind`, `always`,
 * `renumbers`. */
const ways = new Set(process.argv.slice(2))
const file = join(process.cwd(), 'agent.json')
/** By session, what it was told, in order. */
const sessions = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>) : {}
const answers = new Map<string | number, (message: Message) => void>()
let asked = 0
let cancelled = new AbortController()

function put(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function update(sessionId: unknown, sessionUpdate: string, fields: object): void {
  put({ method: 'session/update', params: { sessionId, update: { sessionUpdate, ...fields } } })
}

function say(session: unknown, text: string, kind = 'agent_message_chunk'): void {
  update(session, kind, { content: { type: 'text', text } })
}

function ask(method: string, params: object): Promise<Message> {
  asked += 1
  // The text "1" is another number than 1, whoever takes them for the same.
  const id = ways.has('renumbers') && asked > 1 ? String(asked - 1) : asked
  put({ id, method, params })
  return new Promise((resolve) => answers.set(id, resolve))
}

/** Asks before it writes, as coding agents do. */
async function write(session: unknown, name: string, text: string): Promise<string> {
  const path = join(process.cwd(), name)
  const toolCall = {
    ...{ toolCallId: `write ${name}`, title: `Write ${name}`, kind: 'edit', rawInput: { path, text } },
    content: [{ type: 'diff', path, oldText: null, newText: text }],
  }
  update(session, 'tool_call', { ...toolCall, status: 'pending' })
  const options = [
    { optionId: 'ever', name: 'Always', kind: 'allow_always' },
    ...(ways.has('always') ? [] : [{ optionId: 'once', name: 'Once', kind: 'allow_once' }]),
    { optionId: 'no', name: 'No', kind: 'reject_once' },
  ]
  const { result, error } = await ask('session/request_permission', { sessionId: session, toolCall, options })
  if (error) return `refused with ${error.code}`
  const { outcome, optionId } = result?.outcome ?? { outcome: 'none' }
  if (optionId !== 'once') return `${outcome} ${optionId ?? 'nothing'}`
  writeFileSync(path, text)
  update(session, 'tool_call_update', { ...toolCall, status: 'completed' })
  return 'written'
}

/** So many megabytes that belong to no answer. */
function chatter(session: string, times: number): string {
  const names = 'x'.repeat(1_000_000)
  for (let left = times; left > 0; left -= 1) update(session, 'available_commands_update', { names })
  return 'chattered'
}

/** What it answers; what it throws is an error of the protocol. */
async function perform(session: string, prompt: string): Promise<string> {
  const [word = '', first = '', ...rest] = prompt.split(' ')
  switch (word) {
    case 'recall':
      return (sessions[session] ?? []).join(' | ')
    case 'write':
      return write(session, first, rest.join(' '))
    case 'write-two':
      return (await Promise.all([write(session, first, 'one'), write(session, rest[0] ?? '', 'two')])).join(', ')
    case 'wait': {
      say(session, 'waiting')
      while (!existsSync(join(process.cwd(), first)) && !cancelled.signal.aborted) await pause(10)
      return ', and gone on'
    }
    case 'mark': {
      const marks = Buffer.from(first, 'base64url').toString()
      const goOn = Buffer.from(rest[0] ?? '', 'base64url').toString()
      appendFileSync(marks, 'x\n')
      say(session, 'begun\n')
      while (!existsSync(goOn) && !cancelled.signal.aborted) await pause(10)
      return 'ended'
    }
    case 'echo':
      return [first, ...rest].join(' ')
    case 'deaf': {
      if (first === 'quite') process.on('SIGTERM', () => undefined)
      const { pid } = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
      say(session, `deaf with ${pid}`)
      return new Promise(() => undefined)
    }
    case 'exit':
      say(session, 'going')
      process.stderr.write('it had enough\n')
      await pause(20) // for both pipes to be read
      return process.exit(Number(first))
    case 'print':
      process.stdout.write('this is no protocol\n')
      return 'printed'
    case 'flood':
      process.stdout.write('x'.repeat(9_000_000))
      return new Promise(() => undefined)
    case 'chatter':
      return chatter(session, Number(first))
    case 'read': {
      const { error } = await ask('fs/read_text_file', { sessionId: session, path: join(process.cwd(), first) })
      return `reading is ${error?.code}`
    }
    case 'think':
      say(session, 'first ', 'agent_thought_chunk')
      say(session, 'thought', 'agent_thought_chunk')
      update(session, 'plan', { entries: [{ content: 'one step', priority: 'high', status: 'pending' }] })
      return 'thought'
    case 'fail':
      throw new Error('the model is away')
    case 'stop':
      return `stop:${first}`
    default:
      return `heard ${prompt}`
  }
}

async function prompted(id: string | number, params: Readonly<Record<string, unknown>>): Promise<void> {
  const session = String(params.sessionId)
  const blocks = params.prompt as readonly { type: string; text?: string; mimeType?: string }[]
  const text = blocks.map((block) => block.text ?? block.mimeType).join(' ')
  cancelled = new AbortController()
  try {
    const answer = await perform(session, text)
    sessions[session] = [...(sessions[session] ?? []), text]
    writeFileSync(file, JSON.stringify(sessions))
    const reason = answer.startsWith('stop:') ? answer.slice(5) : 'end_turn'
    if (reason === 'end_turn') for (const piece of answer.match(/.{1,8}/gs) ?? []) say(session, piece)
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }
    put({ id, result: { stopReason: cancelled.signal.aborted ? 'cancelled' : reason, usage } })
  } catch (error) {
    put({ id, error: { code: -32603, message: 'Internal error', data: { details: (error as Error).message } } })
  }
}

/** What was said before, again: before the answer, or behind it. */
function replay(session: string): void {
  for (const text of sessions[session] ?? []) {
    say(session, text, 'user_message_chunk')
    say(session, `heard ${text}`)
  }
}

async function requested(
  id: string | number,
  method: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const session = String(params.sessionId)
  if (ways.has('mute') && method !== 'initialize') return
  if (method === 'initialize') {
    const able = { loadSession: !ways.has('loads-nothing'), promptCapabilities: { image: !ways.has('blind') } }
    const sessionCapabilities = ways.has('resumes') ? { resume: {} } : {}
    const agentCapabilities = { ...able, sessionCapabilities }
    put({ id, result: { protocolVersion: ways.has('old') ? 0 : 1, agentCapabilities, authMethods: [] } })
  } else if (ways.has('stranger')) put({ id, error: { code: -32000, message: 'Authentication required' } })
  else if (method === 'session/new') put({ id, result: { sessionId: `agent-${Object.keys(sessions).length + 1}` } })
  else if (method === 'session/load' || method === 'session/resume') {
    if (ways.has('forgets')) return put({ id, error: { code: -32603, message: 'there is no such session' } })
    if (method === 'session/load' && !ways.has('late')) replay(session)
    put({ id, result: {} })
    if (ways.has('late')) setTimeout(() => replay(session), 20)
  } else if (method === 'session/prompt') await prompted(id, params)
  else put({ id, error: { code: -32601, message: 'Method not found' } })
}

for await (const line of createInterface(process.stdin)) {
  const { id, method, params = {}, ...rest } = JSON.parse(line) as Message
  if (method === 'session/cancel') cancelled.abort()
  else if (method !== undefined && id !== undefined) void requested(id, method, params)
  else if (id !== undefined) answers.get(id)?.({ id, ...rest })
}
process.exit(0)
