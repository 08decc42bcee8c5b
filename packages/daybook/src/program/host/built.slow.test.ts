// The built form of the host: its entry is found beside what launches it, and every mode works without a source file.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { bundle } from '../../../../../scripts/lib/bundle.ts'
import { entries, manifest } from '../../../../../scripts/lib/entries.ts'
import { root } from '../../../../../scripts/lib/files.ts'
import { endHost, folderFor } from './hosting.fixture.ts'

const using = `
import { hostClient } from './dist/program/host/client.js'
const host = hostClient({ folder: process.argv[2] })
const seen = []
for (const mode of ['files', 'pipes', 'pty']) {
  const env = { PATH: '/usr/bin:/bin' }
  await host.spawn({ key: mode, mode, binary: '/bin/echo', args: [mode], env, cwd: '/' })
  for await (const event of host.follow(mode, { out: 0, err: 0 }, AbortSignal.timeout(60000))) {
    if (event.type === 'output') seen.push(Buffer.from(event.bytes).toString().trim())
    if (event.type === 'exit') seen.push(event.exit.code)
  }
}
await host.close()
console.log(JSON.stringify(seen))
`

test('the built host is started by the built client, and starts programs in every mode', async (t) => {
  const folder = folderFor(t, () => endHost(join(folder, 'state')))
  await bundle([...entries(manifest()), 'program/host/client'], join(folder, 'dist'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'using.mjs'), using)
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'using.mjs'), join(folder, 'state')])
  assert.deepEqual(JSON.parse(stdout), ['files', 0, 'pipes', 0, 'pty', 0])
})
