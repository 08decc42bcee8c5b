// Opens a store in this process, with the engine on it. A store that is not there is never made by accident.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { keysInUse } from '../model/keys.ts'
import type { ModelSettings } from '../model/settings.ts'
import type { Caller, ScopedSessions, Sessions } from '../session/contract.ts'
import { redactor } from '../session/redact.ts'
import { openSessions } from '../session/sessions.ts'
import type { Store } from '../store/store.ts'
import { readAddress } from './address.ts'
import type { Host } from './context.ts'
import { exits, Refusal } from './exits.ts'
import type { Env } from './folders.ts'
import { atPlace, isThere, type Place, placeText, storeFile } from './where.ts'

export interface OpenedStore extends AsyncDisposable {
  readonly place: Place
  readonly store: Store
  readonly sessions: Sessions
  /** What this person sees: the same as through a local server. */
  readonly mine: ScopedSessions
  /** What an operator of the store sees: everybody's sessions of the tenant. */
  readonly all: ScopedSessions
}

export interface StorageOptions {
  /** May make a new store. */
  readonly create: boolean
  readonly actor: string | undefined
  /** Whose keys get into no log. */
  readonly models: ModelSettings
}

export async function openStorage(place: Place, host: Host, options: StorageOptions): Promise<OpenedStore> {
  prepare(place, options.create, host.env)
  const { openStore, localScope } = await host.parts()
  const store = await openStore(place.url).catch((error: unknown) => {
    throw atPlace(place, error)
  })
  try {
    const sessions = await openSessions({ store, redactor: redactor({ values: keysInUse(options.models) }) })
    const caller = options.actor === undefined ? undefined : callerOf(options.actor)
    return {
      place,
      store,
      sessions,
      mine: sessions.within(localScope, caller),
      all: sessions.within({ ...localScope, subjects: 'all' }, caller),
      async [Symbol.asyncDispose]() {
        await sessions.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A bare name is a person's. Without a name it is who owns the store, as behind a server. */
function callerOf(name: string): Caller {
  return { actor: name.includes(':') ? name : `user:${name}`, writer: 'C' }
}

function prepare(place: Place, create: boolean, env: Env): void {
  if (place.url.startsWith('memory:') && place.by === 'the server of this machine') {
    throw new Refusal(exits.unreachable, 'unreachable', {
      what: 'the server of this machine keeps its store in its own memory',
      why: 'Nothing else can open it.',
    })
  }
  const file = storeFile(place.url)
  if (file === null || isThere(place)) return
  if (!create) throw noStore(place, env)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
}

function noStore(place: Place, env: Env): Refusal {
  const last = readAddress(env)?.store
  const other: Place | null = last === undefined || last === place.url ? null : { kind: 'store', url: last, by: '' }
  return new Refusal(exits.unreachable, 'unreachable', {
    what: `there is no store at ${placeText(place)}`,
    why:
      place.by === 'the data folder'
        ? 'No other store is named, and no server runs on this machine.'
        : `It is named by ${place.by}.`,
    next:
      other && isThere(other)
        ? `the last server here kept --store ${placeText(other)}`
        : 'start one: daybook serve   or name another: --store FILE',
  })
}
