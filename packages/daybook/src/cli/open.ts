// Opens what a command needs when it needs it: output, place, backend, store; closes what it opened.

import { isAlive } from './address.ts'
import type { Backend } from './backend.ts'
import { branchOf } from './branch.ts'
import type { Context, Host, Table } from './context.ts'
import { exits, misuse, Refusal } from './exits.ts'
import type { Env } from './folders.ts'
import { momentOf } from './format/time.ts'
import type { Call } from './grammar.ts'
import type { LocalRunsOptions } from './local-runs.ts'
import { modelSettings } from './models.ts'
import type { Output } from './output.ts'
import type { OpenedStore } from './storage.ts'
import { type Asked, findPlace, findStore, type Place, placeText, workSettings } from './where.ts'

export function openContext(call: Call, host: Host, output: Output, table: Table): Context {
  const asked: Asked = {
    server: text(call, 'server'),
    store: text(call, 'store'),
    config: text(call, 'config'),
    env: host.env,
    cwd: host.cwd,
  }
  const opened: AsyncDisposable[] = []
  const actor = text(call, 'as')
  const named = (place: Place): Place => {
    if (call.options.verbose === true) output.hint(`${place.kind} ${placeText(place)} (${place.by})`)
    return place
  }
  const keep = <T extends AsyncDisposable>(resource: T): T => {
    opened.push(resource)
    return resource
  }
  const backend = once(async (): Promise<Backend> => {
    const place = named(await findPlace(asked, isAlive))
    if (place.kind === 'server') return keep(await viaServer(place, actor, host.env))
    const { openStorage } = await import('./storage.ts')
    const store = keep(await openStorage(place, host, { create: false, actor, models: modelSettings(asked) }))
    const { localBackend } = await import('./backend-local.ts')
    return keep(localBackend(store, localWork(host, output, asked)))
  })
  const storePlace = once(async () => named(await findStore(asked, isAlive)))
  let store: Promise<OpenedStore> | undefined
  return {
    host,
    output,
    asked,
    table,
    actor,
    me: host.env.npm_command === undefined ? 'daybook' : 'npx daybook',
    yes: call.options.yes === true,
    limit: wholeNumber(call, 'limit', 1),
    since: since(call, host.now()),
    backend,
    storePlace,
    async store({ create = false } = {}) {
      store ??= (async () => {
        const place = await storePlace()
        const { openStorage } = await import('./storage.ts')
        return keep(await openStorage(place, host, { create, actor, models: modelSettings(asked) }))
      })()
      return store
    },
    branch: once(() => branchOf(host.cwd)),
    async [Symbol.asyncDispose]() {
      for (const resource of opened.reverse()) await resource[Symbol.asyncDispose]()
    },
  }
}

/** Makes what is asked for at the first call; every later one gets the same. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** What work in this process is given. Faults of skills are told by who asks for them. */
export function localWork(host: Host, output: Output, asked: Asked): LocalRunsOptions {
  const onError = (error: unknown): void => output.hint(error instanceof Error ? error.message : String(error))
  return { parts: host.parts, settings: { ...workSettings(asked), onError, onFault: () => undefined } }
}

async function viaServer(place: Place, actor: string | undefined, env: Env): Promise<Backend> {
  if (actor !== undefined) {
    const why = 'A server decides itself who writes.'
    throw new Refusal(exits.notAllowed, 'forbidden', { what: '--as works on a store, not through a server', why })
  }
  const { serverBackend } = await import('./backend-server.ts')
  return serverBackend(place, env)
}

export function text(call: Call, name: string): string | undefined {
  const value = call.options[name]
  return value === true ? undefined : value
}

/** The word of an option with choices; the grammar has refused every other one. */
export function choice<W extends string>(call: Call, name: string, words: readonly W[]): W | undefined {
  const given = text(call, name)
  return words.find((word) => word === given)
}

/** The whole number of an option, at least `least`; undefined when it is not given. */
export function wholeNumber(call: Call, name: string, least: number): number | undefined {
  const value = text(call, name)
  if (value === undefined) return undefined
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least)) throw misuse(`--${name} must be a whole number from ${least} on, not ${value}`)
  return number
}

function since(call: Call, now: number): number | undefined {
  const value = text(call, 'since')
  if (value === undefined) return undefined
  const moment = momentOf(value, now)
  if (moment === null)
    throw misuse(
      `--since does not understand ${value}`,
      '--since 2h',
      'It takes 90s, 15m, 2h, 3d, 1w, today, yesterday or a date.',
    )
  return moment
}
