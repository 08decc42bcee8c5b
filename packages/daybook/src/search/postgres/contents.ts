// All that an index holds, page by page, as lines that do not depend on how it came there.

import type { Ask } from './database.ts'

export type PageStart = readonly [tenant: string, id: string, seq: number]
export interface Page {
  readonly lines: readonly string[]
  readonly next: PageStart | null
}

const pageSize = 500
const listed = `SELECT tenant, id, seq, place, owner, array_to_json(readers)::text, agent, current_agent, user_label, branch, repository,
    top, kind, at, weight, tokens, found::text, words, names, files
  FROM index.sessions JOIN index.entries USING (sid)
  WHERE NOT gone AND (tenant, id, seq) > ($1, $2, $3::bigint) ORDER BY tenant, id, seq LIMIT ${pageSize}`

export async function pageOf(ask: Ask, after: PageStart | null): Promise<Page> {
  const rows = (await ask(listed, [...(after ?? ['', '', 0])])) as unknown as (readonly [...PageStart, ...unknown[]])[]
  const last = rows.at(-1)
  return {
    lines: rows.map((row) => JSON.stringify(row)),
    next: last && rows.length === pageSize ? [last[0], last[1], last[2]] : null,
  }
}
