// Transcripts to adopt: homes as Claude Code, Codex, Gemini CLI and Qwen Code leave them, in the forms and sizes of real ones.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { numbers, textOf } from './search-texts.ts'

/** Bytes of one session. */
const sessionBytes = 1_500_000
const cwd = '/home/anna/app'

/** Texts that repeat as much as those of one project do: its files are read again and again, what is said differs. */
class Texts {
  readonly random: () => number
  readonly #files: readonly string[]
  #count = 0

  constructor(seed: number) {
    this.random = numbers(seed)
    this.#files = Array.from({ length: 40 }, (_, i) => this.#code(40 + (i % 7) * 40))
  }

  /** As many characters as that, or fewer. */
  prose(most: number): string {
    const wanted = Math.ceil(most * (0.2 + 0.8 * this.random()))
    let text = textOf(this.#count++, this.random)
    while (text.length < wanted) text += `\n\n${textOf(this.#count++, this.random)}`
    return text.slice(0, wanted)
  }

  #code(lines: number): string {
    return Array.from({ length: lines }, () => this.#line()).join('\n')
  }

  #line(): string {
    const [one, two, three] = textOf(4, this.random).split(' ')
    const number = Math.floor(this.random() * 1e6)
    const forms = [
      `  const ${one} = await this.${two}(${three}, { limit: ${number} })`,
      `  if (${one}.${two} === undefined) throw new Error(\`no ${three} for \${${one}}\`)`,
      `  return ${one}.map((${two}) => ${two}.${three})`,
      `  // ${one} ${two} ${three}`,
    ]
    return forms[number % forms.length] ?? ''
  }

  /** The path and the text of a file. */
  file(): { path: string; text: string } {
    const at = Math.floor(this.random() * this.#files.length)
    return { path: `${cwd}/src/part-${at}.ts`, text: this.#files[at] ?? '' }
  }

  /** What a command prints. */
  output(): string {
    const lines = 4 + Math.floor(this.random() * 60)
    return Array.from({ length: lines }, (_, i) => {
      const at = Math.floor(this.random() * 1e5)
      return `ok ${i} - ${textOf(4, this.random).slice(0, 20 + (at % 60))} (${at}.${at % 997} ms)`
    }).join('\n')
  }

  hunk(): string {
    return Array.from({ length: 8 }, (_, i) => `${' +-'[i % 3]}${this.#line()}`).join('\n')
  }

  id(): string {
    const hex = Array.from({ length: 8 }, () =>
      Math.floor(this.random() * 65_536)
        .toString(16)
        .padStart(4, '0'),
    ).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** Bytes that nothing makes smaller, in base64. */
  sealed(bytes: number): string {
    return Buffer.from(Array.from({ length: bytes }, () => Math.floor(this.random() * 256))).toString('base64')
  }
}

type Turn = (texts: Texts, session: string, at: () => string) => readonly object[]

const claudeTurn: Turn = (texts, session, at) => {
  const shared = () => ({
    ...{ parentUuid: texts.id(), isSidechain: false, userType: 'external', cwd, sessionId: session, version: '2.0.14' },
    ...{ gitBranch: 'main', uuid: texts.id(), timestamp: at() },
  })
  const answer = (content: readonly object[]) => {
    const usage = { input_tokens: 4, cache_read_input_tokens: 30_000, output_tokens: 200, service_tier: 'standard' }
    const inner = { id: `msg_${texts.id()}`, type: 'message', role: 'assistant', model: 'claude-sonnet-4-5', content }
    return { ...shared(), type: 'assistant', requestId: `req_${texts.id()}`, message: { ...inner, usage } }
  }
  const used = (name: string, input: object, output: string, told: object) => {
    const id = `toolu_${texts.id()}`
    const content = [{ type: 'tool_result', tool_use_id: id, content: output }]
    return [
      answer([{ type: 'tool_use', id, name, input }]),
      { ...shared(), type: 'user', message: { role: 'user', content }, toolUseResult: told },
    ]
  }
  const { path, text } = texts.file()
  const [read, printed, hunk] = [texts.file(), texts.output(), texts.hunk()]
  const numbered = read.text.replace(/^/gm, '    1→')
  const changed = { filePath: path, oldString: text.slice(0, 80), newString: texts.hunk(), originalFile: text }
  const structuredPatch = [{ oldStart: 1, oldLines: 6, newStart: 1, newLines: 6, lines: hunk.split('\n') }]
  return [
    { ...shared(), type: 'user', message: { role: 'user', content: texts.prose(800) } },
    answer([{ type: 'thinking', thinking: texts.prose(1_600), signature: texts.sealed(300) }]),
    answer([{ type: 'text', text: texts.prose(900) }]),
    ...used('Read', { file_path: read.path }, numbered, {
      type: 'text',
      file: { filePath: read.path, content: read.text, numLines: 80, startLine: 1, totalLines: 80 },
    }),
    ...used('Bash', { command: `npm test -- ${path}`, description: 'Run the tests' }, printed, {
      ...{ stdout: printed, stderr: '', interrupted: false, isImage: false },
    }),
    ...used(
      'Edit',
      { file_path: path, old_string: changed.oldString, new_string: changed.newString },
      `The file ${path} has been updated.\n${numbered.slice(0, 600)}`,
      { ...changed, structuredPatch, userModified: false, replaceAll: false },
    ),
    answer([{ type: 'text', text: texts.prose(1_200) }]),
  ]
}

const codexTurn: Turn = (texts, _session, at) => {
  const item = (payload: object) => ({ timestamp: at(), type: 'response_item', payload })
  const told = (payload: object) => ({ timestamp: at(), type: 'event_msg', payload })
  const usage = { input_tokens: 12_000, cached_input_tokens: 9_000, output_tokens: 400, total_tokens: 12_400 }
  const count = () =>
    told({ type: 'token_count', info: { total_token_usage: usage, last_token_usage: usage }, rate_limits: null })
  const thought = () => {
    const text = texts.prose(500)
    const summary = [{ type: 'summary_text', text }]
    return [
      told({ type: 'agent_reasoning', text }),
      item({ type: 'reasoning', summary, content: null, encrypted_content: texts.sealed(900) }),
    ]
  }
  const ran = (command: string, output: string) => {
    const id = `call_${texts.id()}`
    const args = JSON.stringify({ command: ['bash', '-lc', command], workdir: cwd, timeout_ms: 120_000 })
    const result = JSON.stringify({ output, metadata: { exit_code: 0, duration_seconds: 0.2 } })
    return [
      item({ type: 'function_call', name: 'shell', arguments: args, call_id: id }),
      item({ type: 'function_call_output', call_id: id, output: result }),
      count(),
    ]
  }
  const { path, text } = texts.file()
  const [asked, said] = [texts.prose(800), texts.prose(1_200)]
  return [
    { timestamp: at(), type: 'turn_context', payload: { cwd, approval_policy: 'never', model: 'gpt-5.1-codex' } },
    item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: asked }] }),
    told({ type: 'user_message', message: asked, kind: 'plain' }),
    ...thought(),
    ...ran(`sed -n 1,200p ${path}`, text),
    ...thought(),
    ...ran(
      `apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: ${path}\n@@\n${texts.hunk()}\n*** End Patch\nEOF`,
      'ok',
    ),
    ...ran('npm test', texts.output()),
    told({ type: 'agent_message', message: said }),
    item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] }),
  ]
}

const qwenTurn: Turn = (texts, session, at) => {
  const shared = (type: string) => ({
    ...{ uuid: texts.id(), parentUuid: texts.id(), sessionId: session, timestamp: at(), type, cwd },
    ...{ version: '0.24.4', gitBranch: 'main' },
  })
  const usage = { promptTokenCount: 9_000, candidatesTokenCount: 200, totalTokenCount: 9_200 }
  const answer = (parts: readonly object[]) => ({
    ...{ ...shared('assistant'), model: 'qwen3-coder-plus', message: { role: 'model', parts }, usageMetadata: usage },
  })
  const used = (name: string, args: object, output: string) => {
    const id = `call_${texts.id()}`
    const response = { functionResponse: { id, name, response: { output } } }
    const toolCallResult = { callId: id, status: 'success', resultDisplay: output.slice(0, 800) }
    return [
      answer([{ text: texts.prose(400), thought: true }, { functionCall: { id, name, args } }]),
      { ...shared('tool_result'), message: { role: 'user', parts: [response] }, toolCallResult },
    ]
  }
  const { path, text } = texts.file()
  return [
    { ...shared('user'), message: { role: 'user', parts: [{ text: texts.prose(800) }] } },
    ...used('read_file', { absolute_path: path }, text),
    ...used('run_shell_command', { command: 'npm test' }, texts.output()),
    answer([{ text: texts.prose(1_200) }]),
  ]
}

const geminiTurn: Turn = (texts, _session, at) => {
  const record = (type: string, rest: object) => ({ id: texts.id(), timestamp: at(), type, ...rest })
  const tokens = { input: 9_000, output: 200, cached: 0, thoughts: 40, tool: 0, total: 9_240 }
  const { path, text } = texts.file()
  const response = {
    functionResponse: { id: `read_file__${texts.id()}`, name: 'read_file', response: { output: text } },
  }
  const call = { id: response.functionResponse.id, name: 'read_file', args: { file_path: path }, result: [response] }
  const thoughts = [{ subject: 'Reading', description: texts.prose(400), timestamp: at() }]
  const model = 'gemini-3.1-pro-preview'
  const step = record('gemini', { content: '', thoughts, tokens, model })
  return [
    record('user', { content: [{ text: texts.prose(800) }] }),
    { $set: { lastUpdated: at() } },
    step,
    { ...step, toolCalls: [{ ...call, status: 'success', timestamp: at(), resultDisplay: text.slice(0, 400) }] },
    record('user', { content: [response] }),
    record('gemini', { content: texts.prose(1_200), thoughts: [], tokens, model }),
    { $set: { lastUpdated: at() } },
  ]
}

interface Form {
  readonly path: (id: string) => string
  readonly first: (id: string, at: () => string, texts: Texts) => readonly object[]
  readonly turn: Turn
}

const forms = {
  claude: { path: (id) => `.claude/projects/-home-anna-app/${id}.jsonl`, first: () => [], turn: claudeTurn },
  codex: {
    path: (id) => `.codex/sessions/2026/11/21/rollout-2026-11-21T10-00-00-${id}.jsonl`,
    first: (id, at, texts) => {
      const payload = { id, timestamp: at(), cwd, cli_version: '0.169.0', instructions: texts.prose(20_000) }
      return [{ timestamp: at(), type: 'session_meta', payload }]
    },
    turn: codexTurn,
  },
  qwen: { path: (id) => `.qwen/projects/-home-anna-app/chats/${id}.jsonl`, first: () => [], turn: qwenTurn },
  gemini: {
    path: (id) => `.gemini/tmp/app/chats/session-2026-11-21T10-00-${id.slice(0, 8)}.jsonl`,
    first: (id, at) => [{ sessionId: id, projectHash: id, startTime: at(), lastUpdated: at(), kind: 'main' }],
    turn: geminiTurn,
  },
} satisfies Record<string, Form>

export type Agent = keyof typeof forms
export const mixed: readonly Agent[] = ['claude', 'codex', 'claude', 'codex', 'qwen', 'claude', 'codex', 'gemini']

export interface Written {
  readonly paths: readonly string[]
  readonly bytes: number
}

/** Fills a home with about `bytes` of transcripts of these agents, one after the other. */
export function writeHome(home: string, agents: readonly Agent[], bytes: number): Written {
  const paths: string[] = []
  let done = 0
  for (let i = 0; done < bytes; i++) {
    const written = writeSession(home, agents[i % agents.length] as Agent, i + 1)
    paths.push(written.path)
    done += written.bytes
  }
  return { paths, bytes: done }
}

function writeSession(home: string, agent: Agent, seed: number): { path: string; bytes: number } {
  const { path: pathOf, first, turn }: Form = forms[agent]
  const texts = new Texts(seed)
  const id = texts.id()
  const path = join(home, pathOf(id))
  let time = Date.UTC(2026, 10, 21) + seed * 1_000
  const at = () => {
    time += 1_234
    return new Date(time).toISOString()
  }
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  let bytes = 0
  const write = (records: readonly object[]) => {
    bytes += writeSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
  write(first(id, at, texts))
  while (bytes < sessionBytes) write(turn(texts, id, at))
  closeSync(file)
  return { path, bytes }
}
