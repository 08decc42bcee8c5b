// `daybook store backup`: a consistent copy of the store, while others go on writing.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { exits, Refusal } from '../exits.ts'
import { bytes } from '../format/time.ts'
import type { Perform } from '../grammar.ts'

export const perform: Perform = async (context, call) => {
  const { output, host, me } = context
  const to = resolve(host.cwd, call.args[0] ?? '')
  if (existsSync(to)) {
    const why = 'A backup never replaces anything.'
    throw new Refusal(exits.conflict, 'exists', { what: `${to} exists`, why, next: 'choose another file' })
  }
  const { store } = await context.store()
  if (!store.supports.backup) {
    const next = `${me} export --to sessions.jsonl`
    throw new Refusal(exits.failed, 'invalid', { what: `the ${store.name} store cannot copy itself`, next })
  }
  const written = await store.admin.backup(to)
  if (output.json) output.object({ file: to, bytes: written.bytes })
  else {
    output.line(`${to}   ${bytes(written.bytes)}`)
    output.hint(`check it: ${me} store verify --store ${to}`)
  }
  return undefined
}
