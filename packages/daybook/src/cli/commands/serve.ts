// `daybook serve`: the server, until it is told to end. Its first lines are facts: where it answers, what it keeps where.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDaybookError } from '../../schema/errors.ts'
import type { Peer } from '../../store/peers.ts'
import { type Address, isAlive, publishAddress, readAddress } from '../address.ts'
import { aroundOf } from '../around.ts'
import type { Context } from '../context.ts'
import { exits, misuse, Refusal } from '../exits.ts'
import { beside } from '../format/columns.ts'
import { shortPath } from '../format/path.ts'
import type { Call, Perform } from '../grammar.ts'
import { choice, text } from '../open.ts'
import { logLevels, type RunningServer, type ServeSettings } from '../parts.ts'
import { servingSettings } from '../serving.ts'
import { settings, settingText } from '../settings.ts'
import { atPlace, type Place, placeText, publicUrl, serveStore, storeFile, workSettings } from '../where.ts'

export const perform: Perform = async (context, call) => {
  const { host } = context
  const place = serveStore(context.asked)
  const where = {
    port: portOf(context, call),
    host: settingText('host', { flag: text(call, 'host'), env: host.env }),
    ...servingSettings(context.asked, call),
  }
  const file = storeFile(place.url)
  if (file !== null) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const log = choice(call, 'log', logLevels)
  const server = await start(context, place, { ...where, ...(log === undefined ? {} : { log }) })
  const withdraw = publish(context, {
    url: server.url,
    store: publicUrl(place.url),
    pid: process.pid,
    version: host.version,
  })
  try {
    await tell(context, place, server)
    await ended(host.signal)
  } finally {
    withdraw()
    await server.close()
  }
  // Being told to end is how a server's work ends well.
  return exits.ok
}

/** A home that cannot be written does not keep a server from serving. */
function publish({ host, output }: Context, address: Address): () => void {
  try {
    return publishAddress(address, host.env)
  } catch (error) {
    output.hint(`commands will not find this server by themselves: ${error instanceof Error ? error.message : error}`)
    return () => undefined
  }
}

function portOf(context: Context, call: Call): number {
  const given = settingText('port', { flag: text(call, 'port'), env: context.host.env })
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN
  if (!(port <= 65_535)) throw misuse(`${given} is no port`, `${context.me} serve --port ${settings.port.standard}`)
  return port
}

async function start(context: Context, place: Place, where: Omit<ServeSettings, 'store'>): Promise<RunningServer> {
  const { startServer } = await context.host.parts()
  try {
    return await startServer({ ...where, ...workSettings(context.asked), store: place.url })
  } catch (error) {
    if (isDaybookError(error) && error.code === 'busy' && error.field === 'port')
      throw await portTaken(context, where.port)
    if (isDaybookError(error)) throw atPlace(place, error)
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
      const what = `${where.host} port ${where.port} cannot be listened on`
      throw new Refusal(exits.notAllowed, 'forbidden', { what, why: error.message, next: `${context.me} serve` })
    }
    throw error
  }
}

async function portTaken(context: Context, port: number): Promise<Refusal> {
  const address = readAddress(context.host.env)
  const ours = address !== null && new URL(address.url).port === String(port) && (await isAlive(address))
  return new Refusal(exits.conflict, 'busy', {
    what: `port ${port} is in use`,
    why: ours ? `A daybook answers there (process ${address.pid}).` : 'Another program listens there.',
    next: ours ? `open ${address.url}   or end it: kill ${address.pid}` : `${context.me} serve --port ${port + 1}`,
  })
}

const durable = {
  power: 'survives power loss',
  process: 'survives a killed process, not power loss',
  none: 'kept in memory only, gone when the server ends',
} as const

async function tell(context: Context, place: Place, server: RunningServer): Promise<void> {
  const { output, host, me } = context
  const { url, store } = server
  if (output.json) {
    const { durable } = store.supports
    output.object({ version: host.version, url, store: publicUrl(place.url), durable, pid: process.pid })
    return
  }
  const first = beside(`daybook ${host.version} is ready   ${url}`, 'stop: Ctrl-C (nothing is lost)', 58)
  output.line(first.replace(url, output.style('bold', url)))
  output.line(`  store   ${store.name} ${shortPath(placeText(place), host.cwd)} · ${durable[store.supports.durable]}`)
  const { lines, next } = await aroundOf(context, () => server.around())
  for (const line of lines) output.line(`  ${line}`)
  // Only for eyes: whoever reads what is kept of these lines would be this user.
  const code = output.width === undefined ? null : server.code()
  if (code !== null)
    output.line(`  page    ${output.style('bold', `${url}/#code=${code}`)}   once, to drive programs there`)
  output.line(`  next    open the page, or:  ${next ?? me}`)
  server.onPeers((peers) => output.line(`  peers   ${peersText(peers)}`))
}

function peersText(peers: readonly Peer[]): string {
  return peers.length === 0
    ? 'none is heard of any more'
    : peers.map(({ url, version }) => `${url} ${version}`).join(' · ')
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
