// The names of an index inside its database: a schema beside that of the store, and in it tables of one version each.

import { createHash } from 'node:crypto'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** PostgreSQL cuts longer names. */
const longestName = 63

export interface Names {
  /** Not quoted. */
  readonly schema: string
  /** The first half of the numbers of its advisory locks. */
  readonly lock: number
  /** Puts names into a statement that says `search.` for tables that all versions share and `index.` for those of one. */
  named(text: string, version: string): string
}

/** `<schema>_search` beside the store's schema. */
export function namesOf(store: string): Names {
  const wished = `${store}_search`
  const schema = Buffer.byteLength(wished) <= longestName ? wished : `search_${digest(store).slice(0, 32)}`
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const texts = new Map<string, string>()
  return {
    schema,
    lock: Buffer.from(digest(`daybook ${schema}`), 'hex').readInt32BE(),
    named(text, version) {
      const key = `${version} ${text}`
      let named = texts.get(key)
      if (named === undefined) {
        named = text.replaceAll(places, filling(quoted, digest(version).slice(0, 8)))
        texts.set(key, named)
      }
      return named
    },
  }
}

/** Behind a quote a name stands in a text of the server. */
const places = /('?)\b(?:(index\.)([a-z]+)|(search\.)|index_name_([a-z]+)|schema_name\b)/g

function filling(quoted: string, ending: string) {
  return (_: string, quote: string, own?: string, table?: string, common?: string, index?: string): string => {
    if (index !== undefined) return `${quote}${index}_${ending}`
    const schema = quote === '' ? quoted : quote + quoted.replaceAll("'", "''")
    if (own !== undefined) return `${schema}.${table}_${ending}`
    return common === undefined ? schema : `${schema}.`
  }
}
