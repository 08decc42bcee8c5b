// Builds the page when its sources are newer than what was built, and compresses its files for whoever takes that.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { ownFiles, root } from './files.ts'

export const page = join(root, 'packages', 'daybook', 'page')
const web = join(root, 'packages', 'web')
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
/** Beside the page: of which sources it is. */
const note = 'sources.txt'

export type PageState = 'fresh' | 'built' | 'no vite'

/** Of everything that the page is made of: its own sources, the client, and the versions of packages. */
function sourcesHash(): string {
  const hash = createHash('sha256')
  const take = (folder: string): void => {
    for (const path of ownFiles(folder)) {
      if (/\.test\.tsx?$|(^|\/)test\//.test(path)) continue
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0')
    }
  }
  take(web)
  for (const part of ['client', 'schema']) take(join(root, 'packages', 'daybook', 'src', part))
  hash.update(readFileSync(join(root, 'package-lock.json')))
  return hash.digest('hex')
}

/**
 * What stands there is the page of these sources afterwards, whoever else builds at the same time.
 *
 * @param onBuild told before what takes some seconds
 */
export async function buildPage(onBuild: () => void = () => undefined): Promise<PageState> {
  const sources = sourcesHash()
  if (existsSync(join(page, note)) && readFileSync(join(page, note), 'utf8') === sources) return 'fresh'
  if (!existsSync(vite)) return 'no vite'
  onBuild()
  const fresh = join(root, 'node_modules', '.cache', `page-${process.pid}`)
  const old = `${fresh}-old`
  mkdirSync(fresh, { recursive: true })
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir'], { cwd: web })
    await compress(join(fresh, 'assets'))
    writeFileSync(join(fresh, note), sources)
    if (existsSync(page)) renameSync(page, old)
    renameSync(fresh, page)
  } finally {
    for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true })
  }
  return 'built'
}

async function compress(folder: string): Promise<void> {
  await Promise.all(
    readdirSync(folder).map(async (name) => {
      if (!/\.(?:js|css|svg)$/.test(name)) return
      const file = readFileSync(join(folder, name))
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(file, quality),
        promisify(gzip)(file, { level: 9 }),
      ])
      writeFileSync(join(folder, `${name}.br`), br)
      writeFileSync(join(folder, `${name}.gz`), gz)
    }),
  )
}
