// Lists the repository's own files without asking git, so that a downloaded archive is checked like a clone.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

/** Patterns of .gitignore that this repository uses: a folder (`name/`, also `a/b/`), a suffix (`*.tgz`), a name. */
export function ignores(patterns: string): (path: string) => boolean {
  const rules = patterns
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  return (path) => {
    const parts = path.split('/')
    return rules.some((rule) => {
      if (rule.startsWith('*')) return path.endsWith(rule.slice(1))
      const name = rule.replace(/^\/|\/$/g, '')
      return name.includes('/') ? `${path}/`.startsWith(`${name}/`) : parts.includes(name)
    })
  }
}

/** Every file under `from` that is not ignored: paths relative to the root with forward slashes, sorted. */
export function ownFiles(from: string = root): string[] {
  const ignored = ignores(readFileSync(join(root, '.gitignore'), 'utf8'))
  const found: string[] = []
  const walk = (folder: string): void => {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, item.name)
      const path = relative(root, full).split(sep).join('/')
      if (item.name === '.git' || ignored(path)) continue
      if (item.isDirectory()) walk(full)
      else if (item.isFile()) found.push(path)
    }
  }
  walk(from)
  return found.sort()
}
