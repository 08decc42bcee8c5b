// Reads server-sent events from the bytes of an answer.

export interface ServerSentEvent {
  readonly name: string
  readonly data: string
  /** The last id seen in the stream; undefined before the first. */
  readonly id: string | undefined
  /** True when this event itself carried an id. */
  readonly numbered: boolean
}

/** Every dispatched event, and comments (heartbeats) as events without name and data. Ends with the stream. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let lastId: string | undefined
  let name = ''
  let data: string[] = []
  let numbered = false
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0 || numbered) yield { name: name || 'message', data: data.join('\n'), id: lastId, numbered }
      name = ''
      data = []
      numbered = false
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (field === '') yield { name: '', data: '', id: lastId, numbered: false }
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
    if (field === 'id' && !value.includes('\0')) {
      lastId = value
      numbered = true
    }
  }
}

/** Lines without their ends (LF, CR LF or CR); what follows the last end is dropped, as an unfinished event is. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let held = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      held += decoder.decode(value, { stream: true })
      // A CR at the end may be the first half of CR LF: it waits for the next piece.
      const lines = held.split(/\r\n|\n|\r(?!$)/)
      held = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    await reader.cancel().catch(ignore) // the connection may be broken already
  }
}

function ignore(): void {}
