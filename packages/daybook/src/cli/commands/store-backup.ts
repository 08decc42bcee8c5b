// `daybook store backup`: a consistent copy of the store, while others go on writing.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { exits, Refusal } from '../exits.ts'
import { bytes } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { placeText } from '../where.ts'

export const perform: Perform = async (context, call) => {
  const { output, host, me } = context
  const to = resolve(host.cwd, call.args[0] ?? '')
  if (existsSync(to)) {
    const why = 'A backup never replaces anything.'
    throw new Refusal(exits.conflict, 'exists', { what: `${to} exists`, why, next: 'choose another file' })
  }
  const { store, place } = await context.store()
  if (!store.supports.backup) throw copyInstead(store.name, `${me} store copy --from '${placeText(place)}' --to ${to}`)
  const written = await store.admin.backup(to)
  if (output.json) output.object({ file: to, bytes: written.bytes })
  else {
    output.line(`${to}   ${bytes(written.bytes)}`)
    output.hint(`check it: ${me} store verify --store ${to}`)
  }
  return undefined
}

/** What else the server behind a store offers for it. */
const ownMeans: Readonly<Record<string, string>> = {
  postgres: ' Its server also has pg_dump, and pg_basebackup with an archive for any moment of the past.',
  redis: ' Its server also has BGSAVE and the append-only file.',
}

function copyInstead(name: string, next: string): Refusal {
  const why = `A copy into a file is a backup that opens anywhere.${ownMeans[name] ?? ''}`
  return new Refusal(exits.failed, 'invalid', { what: `the ${name} store does not copy itself`, why, next })
}
