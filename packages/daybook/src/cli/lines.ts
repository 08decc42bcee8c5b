// Lines of bytes as the open format has them: ended by LF alone, because JSON may hold every other separator.

import { DaybookError } from '../schema/errors.ts'

/** Lines without their ends; text that is no UTF-8 is refused with its line. */
export async function* linesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let held: string[] = []
  let line = 1
  for await (const part of input) {
    let text: string
    try {
      text = typeof part === 'string' ? part : decoder.decode(part, { stream: true })
    } catch {
      throw new DaybookError('invalid', `line ${line} or one soon behind it is not UTF-8`)
    }
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      held.push(text.slice(from, end))
      yield held.join('')
      held = []
      line += 1
      from = end + 1
    }
    if (from < text.length) held.push(text.slice(from))
  }
  if (held.length > 0) yield held.join('')
}
