// A model of the bench, a process of its own: OpenAI's chat interface that answers after a millisecond, or streams words by the clock.

import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds before an answer, and between two words of a stream. */
const answerMs = 1
const wordMs = 50
export const words = 20

const answer = 'The answer is five.'
const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 }

interface Asked {
  readonly stream?: boolean
  readonly messages: readonly { readonly content?: unknown }[]
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'stub', choices })}\n\n`
}

/** A word says when it was sent, by the clock that all processes share. */
function now(): string {
  return `<${(performance.timeOrigin + performance.now()).toFixed(3)}>`
}

async function stream(response: ServerResponse, slowly: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(chunk({ role: 'assistant', content: '' }))
  if (slowly) {
    for (let word = 0; word < words; word += 1) {
      await pause(wordMs)
      response.write(chunk({ content: now() }))
    }
  } else response.write(chunk({ content: answer }))
  response.write(chunk({}, 'stop'))
  const last = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'stub', choices: [], usage }
  response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`)
}

const server = createServer(async (request, response) => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const asked = JSON.parse(Buffer.concat(pieces).toString()) as Asked
  await pause(answerMs)
  if (asked.stream) return stream(response, JSON.stringify(asked.messages.at(-1)?.content ?? '').includes('slowly'))
  const message = { role: 'assistant', content: answer }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'stub', choices, usage }))
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') process.send?.({ port: address.port })
})
