// Holds what a provider or a server of tools sends to a size: one that never ends takes neither all memory nor all time.

/** More came than an answer can have. */
export class Flooded extends Error {
  override readonly name = 'Flooded'
}

/** Bytes of a whole answer, and of one line: whoever reads it keeps a line until its end. */
const most = { answer: 256 * 1024 * 1024, line: 8 * 1024 * 1024 } as const
const lineFeed = 10

/** The same answer; its body fails with {@link Flooded} behind that. */
export function bounded(response: Response): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  let [all, line] = [0, 0]
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        const end = value.lastIndexOf(lineFeed)
        all += value.length
        line = end < 0 ? line + value.length : value.length - end - 1
        if (all <= most.answer && line <= most.line) return controller.enqueue(value)
        void reader.cancel().catch(() => undefined) // it may have broken off meanwhile
        throw new Flooded('more than an answer can have')
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}
