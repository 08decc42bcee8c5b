// The columns by which sessions are found against the heads they are copies of.

import { facets, type Head } from '../../schema/heads.ts'
import type { Connection } from './connection.ts'
import { type Labels, labelsOf, sameLabels, statusNumber } from './rows.ts'

const asked = `SELECT sid, head, system, place, owner, readers, label, status, attention, due, refolds, ${facets.join(', ')}
  FROM sessions`
type Asked = readonly [
  sid: number,
  head: string,
  system: number,
  place: number,
  owner: string,
  readers: string | null,
  label: string,
  status: number | null,
  attention: number | null,
  due: number | null,
  refolds: number,
  ...facets: (string | null)[],
]

/** What the columns of a session should say besides its labels. */
export function signsOf(head: Head, system: boolean): readonly [number | null, number | null, number | null] {
  if (head.place === 'deleted') return [null, null, null]
  return system ? [null, null, head.due] : [statusNumber(head), head.attention.length > 0 ? 1 : null, head.due]
}

/** Numbers of sessions with a column that differs. Heads that cannot be read are left to whoever verifies heads. */
export function wrongColumns(connection: Connection): number[] {
  const wrong: number[] = []
  for (const each of connection.rows(asked).iterate()) {
    const row = each as unknown as Asked
    const head = readable(row[1])
    if (head && differs(row, head)) wrong.push(row[0])
  }
  return wrong
}

export function readable(text: string): Head | null {
  try {
    return JSON.parse(text) as Head
  } catch {
    return null
  }
}

function differs(row: Asked, head: Head): boolean {
  const [, , system, place, owner, readers, label, status, attention, due, refolds, ...own] = row
  const labels: Labels = { place, owner, readers, label, facets: own }
  const signs = signsOf(head, system === 1)
  if (head.place !== 'deleted' && refolds !== (head.refolds ?? 0)) return true
  if (signs[0] !== status || signs[1] !== attention || signs[2] !== due) return true
  return !sameLabels(labels, labelsOf(head, system === 1))
}
