// The URL of a store taken apart: what is for us and what is for its driver, refused with a word about what is understood.

import { resolve } from 'node:path'
import { DaybookError } from './schema/errors.ts'
import type { Supports } from './store/store.ts'

export function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)]
}

/** `sqlite:./a.db`, `sqlite:a.db`, `sqlite:/abs/a.db` and `sqlite:///abs/a.db`. */
export function pathOf(address: string): string {
  if (address.startsWith('//') && !address.startsWith('///')) {
    throw new DaybookError('invalid', 'the URL of a SQLite store names no host', {
      field: 'store',
      hint: 'sqlite:./path or sqlite:///absolute/path',
    })
  }
  return resolve(address.replace(/^\/\/(?=\/)/, ''))
}

export function durabilityOf(query: URLSearchParams): 'full' | 'relaxed' {
  for (const [name, value] of query) {
    if (name !== 'durability' || (value !== 'full' && value !== 'relaxed')) {
      throw new DaybookError(
        'invalid',
        `a SQLite store knows durability=full and durability=relaxed, not ${name}=${value}`,
        {
          field: 'store',
        },
      )
    }
  }
  return query.get('durability') === 'relaxed' ? 'relaxed' : 'full'
}

/** The schema is ours; what else stands in the query is the driver's. */
export function postgresOf(url: string): { url: string; schema?: string } {
  const { address, taken } = without(url, ['schema'])
  const { schema } = taken
  return { url: address, ...(schema === undefined ? {} : { schema }) }
}

export function redisOf(url: string): { url: string; prefix?: string; durable?: Supports['durable'] } {
  const { address, taken } = without(url, ['prefix', 'durable'])
  const { prefix, durable } = taken
  if (durable !== undefined && durable !== 'power' && durable !== 'process' && durable !== 'none') {
    throw new DaybookError('invalid', `a Redis store knows durable=power, process and none, not ${durable}`, {
      field: 'store',
    })
  }
  return { url: address, ...(prefix === undefined ? {} : { prefix }), ...(durable === undefined ? {} : { durable }) }
}

/** The URL without some parameters of its query, and those. */
function without(url: string, names: readonly string[]): { address: string; taken: Readonly<Record<string, string>> } {
  if (!URL.canParse(url)) throw unknownStore(url)
  const [address = '', query = ''] = splitAt(url, '?')
  const rest = new URLSearchParams(query)
  const taken: Record<string, string> = {}
  for (const name of names) {
    const value = rest.get(name)
    if (value !== null) taken[name] = value
    rest.delete(name)
  }
  return { address: rest.size > 0 ? `${address}?${rest}` : address, taken }
}

export function unknownStore(url: string): DaybookError {
  // Only the scheme: the rest of a URL can carry a password.
  return new DaybookError('invalid', `there is no store for ${JSON.stringify(splitAt(url, ':')[0])}`, {
    field: 'store',
    hint: 'sqlite:./path, postgres://user@host/database, redis://host:6379 or memory:',
  })
}
