// A process that appends until something refuses, looks whether reading goes on, and closes; tells all of it as JSON.

import { isDaybookError } from '../../schema/errors.ts'
import { after, opening } from '../conformance/drafts.ts'
import { write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'

export interface Met {
  readonly code: string
  /** Seq of the last acknowledged entry, and of the head that is read after the refusal. */
  readonly acknowledged: number
  readonly head: number
  readonly closed: true
}

const { path, worker } = JSON.parse(process.argv[2] ?? '') as { path: string; worker: boolean }
const store = sqliteStore({ path, worker })
await store.open()
const scope = store.within({ tenant: 'acme', subjects: 'all' })
let head = await write(scope, opening('one'))
let code = ''
while (code === '') {
  try {
    head = await write(scope, after(head, { bodies: [JSON.stringify('x'.repeat(5000))] }))
  } catch (error) {
    code = isDaybookError(error) ? error.code : String(error)
  }
}
const seen = (await scope.head('one'))?.seq ?? 0
await store.close()
const met: Met = { code, acknowledged: head.seq, head: seen, closed: true }
process.stdout.write(JSON.stringify(met))
