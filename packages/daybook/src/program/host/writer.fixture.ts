// A server in small: starts a process, and writes down every piece that it follows, until it is killed.

import { appendFileSync } from 'node:fs'
import { hostClient } from './client.ts'
import { script } from './hosting.fixture.ts'

const [, , folder = '', key = '', text = '', log = ''] = process.argv
const host = hostClient({ folder })
const { pid } = await host.spawn(script(key, text))
appendFileSync(`${log}.pid`, `${pid}\n`)
for await (const event of host.follow(key, { out: 0, err: 0 }, new AbortController().signal)) {
  if (event.type === 'output' && event.stream === 'out') appendFileSync(log, event.bytes)
}
