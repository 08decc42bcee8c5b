// `daybook doctor`: looks at the install, the server and the store, and says what is wrong and what to do about it.

import { execFile } from 'node:child_process'
import { chmodSync, rmSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { programsFaultText } from '../../program/programs-file.ts'
import { addressFile, isAlive, readAddress } from '../address.ts'
import { hereWith, programsHere, versionNumber } from '../agents.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, refusalOf } from '../exits.ts'
import { bytes, count, many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { modelSettings } from '../models.ts'
import { findPlace, findStore, isThere, placeText, storeFile } from '../where.ts'

export interface Diagnosis {
  readonly part: string
  /** `bad` wants something done; `fixed` wanted it. */
  readonly state: 'ok' | 'bad' | 'fixed'
  readonly detail: string
  readonly next?: string
}

export const perform: Perform = async (context, call): Promise<ExitCode | undefined> => {
  const fix = call.options.fix === true
  const found: Diagnosis[] = [
    nodeState(context),
    await gitState(),
    await serverState(context, fix),
    await programsState(context),
    await modelsState(context),
  ]
  const stored = await storeStates(context, fix)
  found.push(...stored)
  // What the store refuses is told once.
  if (!stored.some(({ state }) => state === 'bad')) found.push(...(await agentStates(context)))
  const bad = found.filter(({ state }) => state === 'bad')
  const { output, me } = context
  if (output.json) output.object({ ok: bad.length === 0, findings: found })
  else {
    output.table(
      found.map(({ part, state, detail, next }) => [state, part, detail, next ?? '']),
      { styles: [undefined, 'cyan', undefined, 'dim'] },
    )
    if (bad.length > 0 && !fix) output.hint(`${me} doctor --fix   mends what can be mended`)
  }
  return bad.length > 0 ? exits.failed : undefined
}

function nodeState({ host }: Context): Diagnosis {
  return {
    part: 'install',
    state: 'ok',
    detail: `daybook ${host.version}, node ${process.versions.node} (${process.execPath})`,
  }
}

async function gitState(): Promise<Diagnosis> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'], { encoding: 'utf8' })
    return { part: 'git', state: 'ok', detail: stdout.trim() }
  } catch {
    return { part: 'git', state: 'ok', detail: 'not found: sessions are not found by branch' } // daybook works without it
  }
}

async function serverState(context: Context, fix: boolean): Promise<Diagnosis> {
  const { env, version } = context.host
  const address = readAddress(env)
  if (address === null) return { part: 'server', state: 'ok', detail: 'none runs', next: `${context.me} serve` }
  if (await isAlive(address)) {
    const other = address.version === version ? '' : `, version ${address.version}`
    return { part: 'server', state: 'ok', detail: `${address.url} (process ${address.pid})${other}` }
  }
  const detail = `process ${address.pid} ended without a word; it kept ${address.store}`
  if (!fix) return { part: 'server', state: 'bad', detail, next: 'its address is still written down' }
  rmSync(addressFile(env), { force: true })
  return { part: 'server', state: 'fixed', detail: `forgot the address of process ${address.pid}` }
}

/** Programs that are not here are no fault: most people have only some of them. */
async function programsState(context: Context): Promise<Diagnosis> {
  const part = 'programs'
  const at = programsHere(context)
  const known = at.current().list()
  const fault = at.fault()
  if (fault !== null) {
    const detail = `${at.path}, ${programsFaultText(fault)}`
    return { part, state: 'bad', detail, next: `${context.me} config check` }
  }
  const looked = known.map(async (program) => ({ name: program.name, ...(await hereWith(program, context.host.env)) }))
  const here = (await Promise.all(looked)).flatMap(({ name, path, version }) =>
    path === null ? [] : [version === null ? name : `${name} ${versionNumber(version)}`],
  )
  const detail = `${here.length} of ${many(known.length, 'known program')} found: ${here.join(', ')}`
  return { part, state: 'ok', detail, next: `${context.me} agent list --all` }
}

/** Without any model, skills and programs work all the same; one that is configured has to be there. */
async function modelsState(context: Context): Promise<Diagnosis> {
  const part = 'models'
  const settings = modelSettings(context.asked)
  const models = await (await context.host.parts()).openModels(settings)
  const able = models.list().map(({ name }) => name)
  const missing = models.named.find((name) => !able.includes(name))
  if (settings.refused !== undefined) return { part, state: 'bad', detail: settings.refused }
  if (missing !== undefined) return { part, state: 'bad', detail: models.why(missing), next: 'docs/guide/models.md' }
  if (models.standard === null) return { part, state: 'ok', detail: models.why(''), next: 'docs/guide/models.md' }
  return { part, state: 'ok', detail: able.join(', '), next: `${context.me} agent test` }
}

/**
 * Files of agents and folders of skills of which the last good version works, or none. A server that works there is asked:
 * whoever reads them for a store writes down which skills there are, and doctor changes nothing.
 */
async function agentStates(context: Context): Promise<Diagnosis[]> {
  if ((await findPlace(context.asked, isAlive)).kind === 'store') return []
  const { runs } = await context.backend()
  const [agents, skills] = [await runs.agentList(), await runs.skills()]
  return [
    ...agents.faults.map(({ path, message }) => ({ part: 'agents', detail: `${path}: ${message}` })),
    ...skills.faults.map(({ folder, message }) => ({ part: 'skills', detail: `${folder}: ${message}` })),
  ].map((fault) => ({ ...fault, state: 'bad' as const }))
}

async function storeStates(context: Context, fix: boolean): Promise<Diagnosis[]> {
  const part = 'store'
  const place = await findStore(context.asked, isAlive)
  if (!isThere(place))
    return [{ part, state: 'ok', detail: `none yet at ${placeText(place)}`, next: `${context.me} serve` }]
  const found = modeState(storeFile(place.url), fix)
  try {
    // Before it is opened: what keeps it from that is told here in full.
    const facts = await (await context.host.parts()).factsOfStore(place.url)
    for (const { about, ...fact } of facts) found.push({ part: about, ...fact })
    if (facts.some(({ about }) => about === 'store')) return found
    const { store } = await context.store()
    const stats = await store.admin.stats()
    const size = `${many(stats.sessions, 'session')}, ${count(stats.entries)} entries, ${bytes(stats.bytes)}`
    found.push({ part, state: 'ok', detail: `${store.name} ${placeText(place)}   ${size}` })
    const wrong = await store.admin.check()
    const mended = fix && wrong.length > 0 ? await store.admin.mend() : []
    const left = mended.length > 0 ? await store.admin.check() : wrong
    for (const { what, detail } of left)
      found.push({ part, state: 'bad', detail: `${what}: ${detail}`, next: `${context.me} store repair` })
    for (const { what, detail } of mended) found.push({ part, state: 'fixed', detail: `${what}: ${detail}` })
  } catch (error) {
    const { lines } = refusalOf(error)
    found.push({
      part,
      state: 'bad',
      detail: `${placeText(place)}: ${lines.what}`,
      next: lines.next ?? `${context.me} store verify`,
    })
  }
  return found
}

/** Sessions are nobody else's business. */
function modeState(file: string | null, fix: boolean): Diagnosis[] {
  if (file === null || process.platform === 'win32') return []
  const mode = statSync(file).mode & 0o777
  if ((mode & 0o077) === 0) return []
  const detail = `${file} can be read by others (mode ${mode.toString(8)})`
  if (!fix) return [{ part: 'store', state: 'bad', detail, next: `chmod 600 ${file}` }]
  chmodSync(file, 0o600)
  return [{ part: 'store', state: 'fixed', detail: `${file} is for its owner alone now` }]
}
