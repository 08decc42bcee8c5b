// A process that puts a large payload and appends until something refuses, then reads and closes; tells all of it as JSON.

import { isDaybookError } from '../../schema/errors.ts'
import { after, opening } from '../conformance/drafts.ts'
import { write } from '../conformance/suite.ts'
import { sqliteStore } from '../sqlite.ts'

export interface Met {
  readonly code: string
  /** What refused a payload that is larger than any file may be. */
  readonly blob: string
  /** Seq of the last acknowledged entry, and of the head that is read after the refusal. */
  readonly acknowledged: number
  readonly head: number
  readonly closed: true
}

const codeOf = (error: unknown): string => (isDaybookError(error) ? error.code : String(error))
const { path, worker } = JSON.parse(process.argv[2] ?? '') as { path: string; worker: boolean }
const store = sqliteStore({ path, worker })
await store.open()
const scope = store.within({ tenant: 'acme', subjects: 'all' })
let head = await write(scope, opening('one'))
const blob = await scope.blobs.put(new Uint8Array(1_500_000)).then(() => '', codeOf)
let code = ''
while (code === '') {
  try {
    head = await write(scope, after(head, { bodies: [JSON.stringify('x'.repeat(5000))] }))
  } catch (error) {
    code = codeOf(error)
  }
}
const seen = (await scope.head('one'))?.seq ?? 0
await store.close()
const met: Met = { code, blob, acknowledged: head.seq, head: seen, closed: true }
process.stdout.write(JSON.stringify(met))
