// A model's interface that answers everything with one sentence and keeps what it was asked, in three vendors' forms.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const answer = 'Going on from here.'

/** What is judged is the program that asks; the model only has to answer, so nothing of it is imitated but the form. */
export class OneAnswer implements AsyncDisposable {
  readonly #server: Server
  /** Bodies of all requests, parsed. */
  readonly asked: unknown[] = []
  /** A request that holds this text, and no result of a call behind it, is answered with the call that writes this file. */
  writes: { readonly asked: string; readonly path: string; readonly content: string } | null = null
  /** Answers wait for this. */
  waits: Promise<void> = Promise.resolve()

  constructor() {
    this.#server = createServer(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece as Buffer)
      const text = Buffer.concat(pieces).toString()
      if (text !== '') this.asked.push(JSON.parse(text))
      await this.waits
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      const lines = formOf(pathname, this.#callFor(text))
      response.writeHead(lines === null ? 404 : 200, { 'content-type': 'text/event-stream' })
      response.end((lines ?? []).map((line) => `data: ${line}\n\n`).join(''))
    })
  }

  #callFor(text: string): Writing | null {
    const { writes } = this
    if (writes === null || !text.includes(writes.asked) || !text.includes('"tools"')) return null
    const behind = text.slice(text.lastIndexOf(writes.asked))
    if (/"functionResponse"|"role":"tool"/.test(behind)) return null
    return { ...writes, tool: text.includes('"name":"write_file"') ? 'write_file' : 'write' }
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

interface Writing {
  /** As the program calls it. */
  readonly tool: 'write' | 'write_file'
  readonly path: string
  readonly content: string
}

function formOf(path: string, call: Writing | null): readonly string[] | null {
  if (path.endsWith('/responses')) return responses()
  if (path.endsWith('/chat/completions')) return completions(call)
  return /:streamGenerateContent$/.test(path) ? contents(call) : null
}

function responses(): readonly string[] {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
  const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: answer }] }
  return [
    { type: 'response.created', response: { id: 'resp_1' } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id: 'resp_1', output: [item], usage } },
  ].map((value) => JSON.stringify(value))
}

function completions(call: Writing | null): readonly string[] {
  const chunk = (delta: object, finish_reason: string | null, usage?: object) =>
    JSON.stringify({
      usage,
      id: 'chat_1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'any',
      choices: [{ index: 0, delta, finish_reason }],
    })
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  if (call === null) return [chunk({ role: 'assistant', content: answer }, null), chunk({}, 'stop', usage), '[DONE]']
  const { tool: name, path, content } = call
  const args = JSON.stringify({ [name === 'write' ? 'filePath' : 'file_path']: path, content })
  const tool_calls = [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }]
  return [chunk({ role: 'assistant', tool_calls }, null), chunk({}, 'tool_calls', usage), '[DONE]']
}

function contents(call: Writing | null): readonly string[] {
  const args = call && { file_path: call.path, content: call.content }
  const part = args ? { functionCall: { name: 'write_file', args } } : { text: answer }
  const content = { role: 'model', parts: [part] }
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 }
  return [JSON.stringify({ candidates: [{ index: 0, content, finishReason: 'STOP' }], usageMetadata })]
}
