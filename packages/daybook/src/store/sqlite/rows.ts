// Session rows of the writer: kept between commits until another process has written.

import type { Cell, Facet, Head } from '../../schema/heads.ts'
import { facets } from '../../schema/heads.ts'
import { isSystemId } from '../../schema/ids.ts'
import { statuses } from '../../schema/states.ts'
import { fromText, toText } from '../text.ts'
import type { Connection } from './connection.ts'
import { placeNumbers } from './ddl.ts'
import type { Asker, Packed } from './ops.ts'

/** The columns by which a session is found; written only when one of them changed. */
export interface Labels {
  place: number
  owner: string
  /** JSON text, null when there are none. */
  readers: string | null
  label: string
  facets: readonly (string | null)[]
}

/** A session as the writer sees it, ahead of the file by what the present commit still has to write. */
export interface Row extends Labels {
  readonly sid: number
  readonly tenant: string
  readonly id: string
  readonly system: boolean
  readonly base: number | null
  readonly baseSeq: number
  seq: number
  hash: string
  lastPos: number
  refolds: number
  fence: number
  holder: string | null
  leaseUntil: number
  /** Fence, holder and time are not in the file yet. */
  leased: boolean
  due: number | null
  status: number | null
  attention: number | null
  goneAt: number | null
  /** Of a deleted session: seq up to which living forks read its entries. */
  reach: number
  /** Lists that hold the session (null: not looked up yet), and the position under which they do. */
  lists: readonly number[] | null
  listedPos: number
  /** In the file already? */
  stored: boolean
  /** Waiting for the end of the commit. */
  head: Packed<Head> | null
  cell: Packed<Cell> | null
  /** What the labels were made of; null when that was not here. */
  said: readonly (string | null)[] | null
  /** True without a head: the one that is needed was left out by the thread that sent the append. */
  waiting: boolean
}

const columns = `sid, id, system, place, owner, readers, base, base_seq, seq, hash, last_pos, refolds, fence, holder, lease_until,
  due, status, attention, gone_at, reach, label, ${facets.join(', ')}`
const find = `SELECT ${columns} FROM sessions WHERE tenant = ? AND id = ?`

const youngest = 4096

export class Rows {
  readonly #connection: Connection
  #young = new Map<string, Map<string, Row>>()
  #old = new Map<string, Map<string, Row>>()
  #count = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Tombstones included. */
  find(tenant: string, id: string): Row | null {
    const young = this.#young.get(tenant)?.get(id)
    if (young) return young
    const row = this.#old.get(tenant)?.get(id) ?? this.#load(tenant, id)
    if (row) this.keep(row)
    return row
  }

  keep(row: Row): void {
    let byId = this.#young.get(row.tenant)
    if (!byId) {
      byId = new Map()
      this.#young.set(row.tenant, byId)
    }
    byId.set(row.id, row)
    this.#count += 1
    if (this.#count > youngest) {
      this.#old = this.#young
      this.#young = new Map()
      this.#count = 0
    }
  }

  drop(row: Row): void {
    this.#young.get(row.tenant)?.delete(row.id)
    this.#old.get(row.tenant)?.delete(row.id)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#count = 0
  }

  #load(tenant: string, id: string): Row | null {
    const found = this.#connection.sql(find).get(toText(tenant), toText(id))
    if (!found) return null
    const row = found as unknown as Stored
    return {
      sid: row.sid,
      tenant,
      id,
      system: row.system === 1,
      place: row.place,
      owner: row.owner,
      readers: row.readers,
      base: row.base,
      baseSeq: row.base_seq,
      seq: row.seq,
      hash: row.hash,
      lastPos: row.last_pos,
      refolds: row.refolds,
      fence: row.fence,
      holder: row.holder === null ? null : fromText(row.holder),
      leaseUntil: row.lease_until ?? 0,
      leased: false,
      due: row.due,
      status: row.status,
      attention: row.attention,
      goneAt: row.gone_at,
      reach: row.reach,
      label: row.label,
      facets: facets.map((name) => row[name]),
      lists: null,
      listedPos: row.last_pos,
      stored: true,
      head: null,
      cell: null,
      said: null,
      waiting: false,
    }
  }
}

type Stored = Readonly<Record<Facet, string | null>> & {
  readonly sid: number
  readonly system: number
  readonly place: number
  readonly owner: string
  readonly readers: string | null
  readonly base: number | null
  readonly base_seq: number
  readonly seq: number
  readonly hash: string
  readonly last_pos: number
  readonly refolds: number
  readonly fence: number
  readonly holder: string | null
  readonly lease_until: number | null
  readonly due: number | null
  readonly status: number | null
  readonly attention: number | null
  readonly gone_at: number | null
  readonly reach: number
  readonly label: string
}

/** A session that is about to be opened. */
export function newRow(sid: number, tenant: string, id: string, base: Row | null, baseSeq: number, fence: number): Row {
  return {
    sid,
    tenant,
    id,
    system: isSystemId(id),
    base: base?.sid ?? null,
    baseSeq,
    place: placeNumbers.open,
    owner: '',
    readers: null,
    seq: 0,
    hash: '',
    lastPos: 0,
    refolds: 0,
    fence,
    holder: null,
    leaseUntil: 0,
    leased: false,
    due: null,
    status: null,
    attention: null,
    goneAt: null,
    reach: 0,
    label: '',
    facets: [],
    lists: null,
    listedPos: 0,
    stored: false,
    head: null,
    cell: null,
    said: null,
    waiting: false,
  }
}

/** May the asker see it? `owner` as stored, `readers` as JSON text. */
export function visible(asker: Asker, owner: string, readers: string | null): boolean {
  if (asker.subjects === 'all') return true
  const name = fromText(owner)
  if (asker.subjects.includes(name)) return true
  if (readers === null) return false
  return (JSON.parse(readers) as string[]).some((reader) => asker.subjects.includes(reader))
}

/** System sessions and tombstones are in no index of labels. */
export function labelsOf(head: Head, system: boolean): Labels {
  const hidden = system || head.place === 'deleted'
  return {
    place: placeNumbers[head.place],
    owner: toText(head.owner),
    readers: head.readers.length > 0 ? JSON.stringify(head.readers) : null,
    label: hidden ? '' : labelOf(head.name, head.title),
    facets: facets.map((name) => {
      const value = head[name]
      return hidden || value === null ? null : toText(value)
    }),
  }
}

/** Name and title as they are searched; a lone surrogate is what SQLite makes of it. */
function labelOf(name: string | null, title: string | null): string {
  if (name === null && title === null) return ''
  return (name === null || title === null ? (name ?? title ?? '') : `${name}\n${title}`).toLowerCase().toWellFormed()
}

const said = ['owner', 'name', 'title', ...facets] as const

export function saidBy(head: Head): readonly (string | null)[] {
  return said.map((name) => head[name])
}

/** Whether the labels of the head are surely those of the row, told without making them: they seldom change. */
export function saysTheSame(row: Row, head: Head): boolean {
  if (row.said === null || row.place !== placeNumbers[head.place]) return false
  if (row.readers !== null || head.readers.length > 0) return false
  for (let index = 0; index < said.length; index += 1) {
    if (row.said[index] !== head[said[index] as (typeof said)[number]]) return false
  }
  return true
}

export function sameLabels(row: Labels, next: Labels): boolean {
  if (row.place !== next.place || row.owner !== next.owner || row.readers !== next.readers) return false
  if (row.label !== next.label) return false
  for (let index = 0; index < next.facets.length; index += 1) {
    if (row.facets[index] !== next.facets[index]) return false
  }
  return true
}

/** The columns `holder` and `lease_until`. */
export function holderOf({ holder, leaseUntil }: Row): readonly [string | null, number | null] {
  return holder === null ? [null, null] : [toText(holder), leaseUntil]
}

/** Null for idle, so that idle sessions are in no index. */
export function statusNumber(head: Head): number | null {
  return head.status === 'idle' || head.place === 'deleted' ? null : statuses.indexOf(head.status)
}
