// How a server is: what it runs on, what it does at the moment, and what is wrong with it, in the words of `doctor`.

import { isDaybookError } from '../schema/errors.ts'
import { moment } from '../schema/wire.ts'
import type { ServerStatusShape } from '../schema/wire-overview.ts'
import type { StoreStats } from '../store/admin.ts'
import type { Context } from './context.ts'

type Findings = ServerStatusShape['findings']

const startedAt = Date.now() - Math.round(performance.now())

/** With `check` the store looks at itself too. */
export async function statusOf(context: Context, check: boolean): Promise<ServerStatusShape> {
  const { store, version, search, broadcast } = context
  const [stats, around, facts, wrong] = await Promise.all([
    store.admin.stats(),
    context.around(),
    factsOf(context),
    check ? store.admin.check() : [],
  ])
  const { durable, shared } = store.supports
  const { active, waiting } = context.load()
  const install = `daybook ${version}, node ${process.versions.node} (${process.execPath})`
  const problems: Findings = wrong.map(({ what, detail }) => {
    return { part: 'store', state: 'bad', detail: `${what}: ${detail}`, next: 'daybook store repair' }
  })
  return {
    version,
    node: process.versions.node,
    started_at: moment(startedAt),
    store: { name: store.name, durable, shared, ...statsOf(stats) },
    streams: broadcast.size,
    runs: { active, waiting },
    search_lag_ms: search.lag(),
    peers: context.peers().map((peer) => ({ url: peer.url, version: peer.version })),
    agents: (context.programs?.live.list() ?? []).map(({ name, description }) => ({ name, description })),
    left: around.left.map(({ newest, ...one }) => ({ ...one, newest: moment(newest) })),
    findings: [{ part: 'install', state: 'ok', detail: install }, ...facts, ...problems],
  }
}

function statsOf(stats: StoreStats): Omit<ServerStatusShape['store'], 'name' | 'durable' | 'shared'> {
  const { location, format, sessions, entries, blobs, bytes, blobBytes } = stats
  return { location, format, sessions, entries, blobs, bytes, blob_bytes: blobBytes }
}

/** A store that answers nothing more about itself is a finding too, and takes nothing else away. */
async function factsOf(context: Context): Promise<Findings> {
  try {
    return (await context.facts()).map(({ about, ...fact }) => ({ part: about, ...fact }))
  } catch (error) {
    if (!isDaybookError(error)) throw error
    const { message, hint } = error
    return [{ part: 'store', state: 'bad', detail: message, ...(hint === undefined ? {} : { next: hint }) }]
  }
}
