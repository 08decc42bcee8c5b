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
  for await (const together of eventsTogether(body)) yield* together
}

/** The same, as they come: all that one piece of the stream completes, which may be none. */
export async function* eventsTogether(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly ServerSentEvent[]> {
  let lastId: string | undefined
  let name = ''
  let data: string[] = []
  let numbered = false
  for await (const lines of linesOf(body)) {
    const events: ServerSentEvent[] = []
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0 || numbered)
          events.push({ name: name || 'message', data: data.join('\n'), id: lastId, numbered })
        name = ''
        data = []
        numbered = false
        continue
      }
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
      if (field === '') events.push({ name: '', data: '', id: lastId, numbered: false })
      if (field === 'event') name = value
      if (field === 'data') data.push(value)
      if (field === 'id' && !value.includes('\0')) {
        lastId = value
        numbered = true
      }
    }
    yield events
  }
}

/** Lines without their ends (LF, CR LF or CR); what follows the last end is dropped, as an unfinished event is. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
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
      yield lines
    }
  } finally {
    await reader.cancel().catch(ignore) // the connection may be broken already
  }
}

function ignore(): void {}
