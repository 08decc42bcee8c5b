// Lines of a blob as the server tells them: only those in sight are asked for, and few of them are kept.

import { client } from '../live/client.ts'
import type { LineSource } from './viewer.tsx'

/** Lines asked for at once. */
const page = 400
const mostPages = 50

export async function openBlobLines(session: string, blob: string): Promise<LineSource> {
  const read = (number: number) => client.session(session).blobLines(blob, number * page + 1, (number + 1) * page)
  const first = await read(0)
  const pages = new Map([[0, Promise.resolve(first.lines)]])
  const pageAt = (number: number): Promise<string[]> => {
    const known = pages.get(number)
    if (known) return known
    const [oldest] = pages.keys()
    if (pages.size >= mostPages && oldest !== undefined) pages.delete(oldest)
    const asked = read(number).then(({ lines }) => lines)
    pages.set(number, asked)
    return asked
  }
  return {
    count: first.line_count,
    async read(from, to) {
      const start = Math.floor(from / page)
      const last = Math.floor(Math.max(from, to - 1) / page)
      const parts = await Promise.all(Array.from({ length: last - start + 1 }, (_, at) => pageAt(start + at)))
      return parts.flat().slice(from - start * page, to - start * page)
    },
  }
}
