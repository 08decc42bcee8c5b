// Marks: what one person keeps about a session, written by compare-and-set.

import { DaybookError } from '../../schema/errors.ts'
import type { Mark, Marks, Scope } from '../store.ts'
import { findLiving, type Row, type State } from './state.ts'

const none: Mark = Object.freeze({ version: 0 })

export function memoryMarks(state: State, scope: Scope, guard: () => void): Marks {
  const owns = (subject: string) => scope.subjects === 'all' || scope.subjects.includes(subject)
  return {
    async get(session, subject) {
      guard()
      const row = owns(subject) ? findLiving(state, scope, session) : null
      return row?.marks.get(subject) ?? none
    },
    async put(session, subject, mark) {
      guard()
      const row = owns(subject) ? findLiving(state, scope, session) : null
      if (!row) throw new DaybookError('not_found', `There is no session ${session}.`)
      if ((row.marks.get(subject)?.version ?? 0) !== mark.version) return null
      const stored: Mark = Object.freeze({ ...mark, version: mark.version + 1 })
      row.marks.set(subject, stored)
      pin(row, subject, stored.pinned !== undefined)
      return stored
    },
    async pinnedBy(session) {
      guard()
      const marks = findLiving(state, scope, session)?.marks ?? new Map<string, Mark>()
      return [...marks].flatMap(([subject, mark]) => (mark.pinned === undefined ? [] : [subject])).sort()
    },
  }
}

function pin(row: Row, subject: string, on: boolean): void {
  const { pins } = row.tenant
  const rows = pins.get(subject) ?? new Set()
  if (on) rows.add(row)
  else rows.delete(row)
  if (rows.size > 0) pins.set(subject, rows)
  else pins.delete(subject)
}

/** With the session its marks go. */
export function dropMarks(row: Row): void {
  for (const subject of row.marks.keys()) pin(row, subject, false)
  row.marks.clear()
}
