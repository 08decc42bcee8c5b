// Changing what the reader keeps about a session, whoever else changes it at the same time.

import { isDaybookError } from 'daybook/client'
import { client } from '../live/client.ts'

export type Marks = Awaited<ReturnType<ReturnType<typeof client.session>['marks']>>
type Changes = { -readonly [K in 'seen' | 'draft' | 'pinned' | 'attachments']?: Marks[K] }

/** All of them are replaced at once, so what another device wrote in between is read again and kept. */
export async function changeMarks(id: string, change: (marks: Marks) => Changes): Promise<Marks> {
  const session = client.session(id)
  for (let tried = 0; ; tried += 1) {
    const before = await session.marks()
    const { seen, draft, pinned, attachments } = { ...before, ...change(before) }
    try {
      return await session.setMarks({
        version: before.version,
        ...(seen === null ? {} : { seen }),
        ...(draft === null ? {} : { draft }),
        ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
        pinned,
      })
    } catch (error) {
      if (tried >= 3 || !isDaybookError(error) || error.code !== 'conflict') throw error
    }
  }
}
