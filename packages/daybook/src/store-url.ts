// The URL of a store taken apart: scheme, path and durability, refused with a word about what is understood.

import { resolve } from 'node:path'
import { DaybookError } from './schema/errors.ts'

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

export function unknownStore(url: string): DaybookError {
  // Only the scheme: the rest of a URL can carry a password.
  return new DaybookError('invalid', `there is no store for ${JSON.stringify(splitAt(url, ':')[0])}`, {
    field: 'store',
    hint: 'sqlite:./path, sqlite:///absolute/path or memory:',
  })
}
