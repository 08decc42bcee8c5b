// `daybook config show`: every setting that counts here, and where it comes from.

import { redactor } from '../../session/redact.ts'
import { isAlive, readAddress } from '../address.ts'
import { configFile, readConfig } from '../config.ts'
import type { Context } from '../context.ts'
import type { Perform } from '../grammar.ts'
import { type From, type Given, settingFrom, settingRows } from '../settings.ts'
import { findPlace, findStore, type Place, placeText } from '../where.ts'

/** What stands for a secret. */
const masked = '***'

interface Shown {
  readonly name: string
  /** Null: there is none. */
  readonly value: unknown
  readonly from: From
  readonly by: string
}

export const perform: Perform = async (context) => {
  const config = readConfig(context.asked)
  const places = await placesOf(context)
  const flags: Readonly<Record<string, string | undefined>> = { as: context.actor }
  const shown = settingRows.map(({ name, secret }): Shown => {
    const special = name === 'config' ? configFile(context.asked) : name in places ? places[name] : undefined
    const sources = { flag: flags[name], env: context.host.env, config }
    const given = special === undefined ? settingFrom(name, sources) : special
    if (given === null || given === undefined) return { name, value: null, from: 'default', by: 'not given' }
    return { name, ...given, value: secret ? masked : withoutSecrets(given.value) }
  })
  const { output } = context
  if (output.json) output.object({ settings: shown })
  else {
    output.table(
      shown.map(({ name, value, by }) => [name, value === null ? 'none' : wordsOf(value), by]),
      { columns: [{}, { flexible: true }, {}], styles: ['cyan', undefined, 'dim'] },
    )
  }
  return undefined
}

/** The server that commands would talk to, and the store that they or it would use. */
async function placesOf({ asked }: Context): Promise<Readonly<Record<string, Given | null>>> {
  const place = await findPlace(asked, isAlive)
  if (place.kind === 'store') return { server: null, store: given(place) }
  const known = asked.server === undefined || readAddress(asked.env)?.url === place.url
  const store = known ? given(await findStore(asked, isAlive)) : null
  return { server: given(place), store }
}

function given(place: Place): Given {
  const from = (): From => {
    if (place.by.startsWith('--')) return 'flag'
    if (place.by.startsWith('DAYBOOK_')) return 'environment'
    if (place.by === 'the server of this machine') return 'server'
    return place.by === 'the data folder' ? 'default' : 'config'
  }
  return { value: placeText(place), from: from(), by: place.by }
}

/** Passwords in addresses, and everything that looks like a secret. */
function withoutSecrets(value: unknown): unknown {
  const hide = (text: string): string => text.replace(/(\/\/[^/@:\s]*:)[^/@\s]*@/g, `$1${masked}@`)
  const plain = redactor().value(value).value
  if (typeof plain === 'string') return hide(plain)
  return JSON.parse(hide(JSON.stringify(plain)))
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
