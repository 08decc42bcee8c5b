// Packs the package as it is published and prints the path of the tarball.
//   --to <folder>   where the tarball and the layout `package` go; default dist/
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './lib/files.ts'
import { stage } from './lib/stage.ts'

const { values } = parseArgs({ options: { to: { type: 'string', default: join(root, 'dist') } } })
const to = resolve(values.to)
mkdirSync(to, { recursive: true })
const { name, version } = await stage(join(to, 'package'))
execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', to], {
  cwd: join(to, 'package'),
  stdio: ['ignore', 'ignore', 'inherit'],
})
console.log(join(to, `${name}-${version}.tgz`))
