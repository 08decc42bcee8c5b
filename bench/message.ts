// The one message every bench appends: about 500 bytes of JSON, different each time.

const words =
  'The build went through on the second try after the lock was renewed; three files changed, one of them generated. ' +
  'Next I would look at why the cache misses on a cold start, because the first request of the day still takes far too long. '

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** The `i`-th message. Its JSON text is 500 bytes long, give or take five. */
export function message(i: number): Message {
  const mark = `#${i} `
  return { role: i % 2 === 0 ? 'user' : 'assistant', content: (mark + words + words).slice(0, 468) }
}

/** `n` messages numbered from `from`. */
export function messages(n: number, from = 0): Message[] {
  return Array.from({ length: n }, (_, i) => message(from + i))
}
