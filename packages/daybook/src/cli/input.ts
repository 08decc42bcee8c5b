// What stands on standard input, as one text.

import type { Host } from './context.ts'

export async function readAll({ input }: Pick<Host, 'input'>): Promise<string> {
  const decoder = new TextDecoder()
  let all = ''
  for await (const part of input) all += typeof part === 'string' ? part : decoder.decode(part, { stream: true })
  return all
}
