// Lays out the package as it is published: the build, its types, the bin, a manifest that points at them, the papers.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { declare } from './declarations.ts'
import { entries, entryOf, home, type Manifest, manifest } from './entries.ts'
import { root } from './files.ts'
import { buildPage, page } from './page.ts'

export interface StageOptions {
  /** Without types the layout runs but is not to be published; for measuring. Default true. */
  readonly types?: boolean
}

/** Makes `folder` anew and lays the package out in it. */
export async function stage(folder: string, { types = true }: StageOptions = {}): Promise<Manifest> {
  const source = manifest()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await bundle(entries(source), join(folder, 'dist'))
  if (types) declare(exported(source), join(folder, 'dist'))
  if ((await buildPage()) === 'no vite') throw new Error('the page cannot be built: vite is not installed')
  cpSync(page, join(folder, 'page'), { recursive: true, filter: (path) => !path.endsWith('sources.txt') })
  cpSync(join(home, 'bin'), join(folder, 'bin'), { recursive: true })
  for (const paper of ['README.md', 'CHANGELOG.md']) cpSync(join(home, paper), join(folder, paper))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  const published = { ...source, exports: Object.fromEntries(Object.entries(source.exports).map(builtExport)) }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  return source
}

function exported({ exports }: Manifest): string[] {
  return Object.values(exports).flatMap((target) => entryOf(target) ?? [])
}

function builtExport([name, target]: [string, string]): [string, unknown] {
  const entry = entryOf(target)
  return [name, entry === null ? target : { types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` }]
}
