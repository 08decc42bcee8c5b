// Lists, labels and counters against the rows themselves: what differs, and making it agree again.

import type { Finding } from '../admin.ts'
import type { OpenRedis } from './open.ts'
import { operator, plainOp } from './ops.ts'

/** Numbers of sessions that one question looks at. */
const piece = 200

interface Looked {
  readonly faults: string[]
  readonly lists: Map<string, number>
  /** Living, system, entries: as counted. */
  readonly counts: [number, number, number]
}

/** Others write meanwhile, so only what is found twice is a finding. */
export async function check(open: OpenRedis): Promise<readonly Finding[]> {
  const first = await findings(open)
  if (first.length === 0) return first
  const again = new Set((await findings(open)).map(({ detail }) => detail))
  return first.filter(({ detail }) => again.has(detail))
}

async function findings(open: OpenRedis): Promise<Finding[]> {
  const { faults, lists, counts } = await look(open)
  const found: Finding[] = faults.map((line) => ({
    what: line.startsWith('index') ? 'index' : 'counter',
    detail: line,
  }))
  const kept = await keptCounts(open)
  for (const [index, name] of ['sessions', 'system sessions', 'entries'].entries()) {
    if (kept[index] !== counts[index]) {
      found.push({ what: 'counter', detail: `${name}: ${kept[index]} for ${counts[index]}` })
    }
  }
  for (const [key, size] of await listSizes(open)) {
    const real = lists.get(key) ?? 0
    if (real !== size) found.push({ what: 'counter', detail: `list ${key}: ${size} for ${real}` })
  }
  return found
}

async function keptCounts(open: OpenRedis): Promise<number[]> {
  return (await open.ready().ask<string[]>(['stats'])).slice(0, 3).map(Number)
}

async function look(open: OpenRedis): Promise<Looked> {
  const all: Looked = { faults: [], lists: new Map(), counts: [0, 0, 0] }
  for (let after = '0'; after !== ''; ) {
    const [next = '', sessions, systems, entries, ...rest] = await open
      .ready()
      .ask<string[]>(['check', after, String(piece)])
    for (const [index, count] of [sessions, systems, entries].entries()) all.counts[index as 0 | 1 | 2] += Number(count)
    const end = rest.indexOf('')
    all.faults.push(...rest.slice(0, end))
    for (const key of rest.slice(end + 1)) all.lists.set(key, (all.lists.get(key) ?? 0) + 1)
    after = next
  }
  return all
}

/** Every list there is, by its key without the prefix. */
async function listSizes(open: OpenRedis): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  const { prefix } = open
  const link = open.ready()
  for (const kind of ['a', 'l']) {
    const pattern = `${prefix.replace(/[\\*?[\]^]/g, '\\$&')}${kind}:*`
    for (let cursor = '0'; ; ) {
      const [next, keys] = await link.run((client) => client.scan(cursor, 'MATCH', pattern, 'COUNT', 1000))
      for (const key of keys) sizes.set(key.slice(prefix.length), await link.run((client) => client.zcard(key)))
      if (next === '0') break
      cursor = next
    }
  }
  return sizes
}

/** Writes from the rows what is derived from them; answers what was wrong. */
export async function mend(open: OpenRedis): Promise<readonly Finding[]> {
  const found = await check(open)
  if (found.length === 0) return found
  const one = async (verb: string, given: readonly string[]) =>
    (await open.push([plainOp(verb, operator, given)]))[0] ?? ''
  for (let after = '0'; after !== ''; ) after = await one('mend_rows', [after, String(piece)])
  for (const key of ['due', ...(await listSizes(open)).keys()]) {
    for (let cursor = '0'; cursor !== ''; ) cursor = await one('mend_list', [key, cursor])
  }
  const { counts } = await look(open)
  const kept = await keptCounts(open)
  await one(
    'mend_counts',
    counts.map((count, index) => String(count - (kept[index] ?? 0))),
  )
  return found
}
