// Holds what a provider or a server of tools sends to a size: one that never ends takes neither all memory nor all time.

/** More came than an answer can have. */
export class Flooded extends Error {
  override readonly name = 'Flooded'
}

/** Bytes of a whole answer, and of one line: whoever reads it keeps a line until its end. */
const most = { answer: 256 * 1024 * 1024, line: 8 * 1024 * 1024 } as const
const lineFeed = 10

/** What came of one answer so far. */
export class Flow {
  #all = 0
  #line = 0

  /** @throws Flooded */
  add(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(lineFeed)
    this.#all += bytes.length
    this.#line = end < 0 ? this.#line + bytes.length : bytes.length - end - 1
    if (this.#all > most.answer || this.#line > most.line) throw new Flooded('more than an answer can have')
  }
}

/** The same answer; its body fails with {@link Flooded} behind what it can have. */
export function bounded(response: Response): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  const flow = new Flow()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        try {
          flow.add(value)
        } catch (error) {
          void reader.cancel().catch(() => undefined) // it may have broken off meanwhile
          throw error
        }
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}
