// Writes the type declarations that the package's entries reach, one beside each other as the sources stand.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './files.ts'

/** An import in a declaration, up to and behind its path. The compiler leaves the ending of a source in it. */
const relativeImport = /((?:\bfrom |\bimport\(|\bimport )["'])(\.{1,2}\/[^"']+?)\.ts(["'])/g

/** Declares `entries` and everything they mention in `folder`. */
export function declare(entries: readonly string[], folder: string): void {
  // Inside, because the compiler looks for the types of node from its settings upwards.
  const work = mkdtempSync(join(root, 'node_modules', '.daybook-types-'))
  try {
    const config = join(work, 'tsconfig.json')
    const sources = join(root, 'packages', 'daybook', 'src')
    writeFileSync(config, JSON.stringify(settings(sources, entries, join(work, 'out'))))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    execFileSync(process.execPath, [tsc, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] })
    copyReached(entries, join(work, 'out'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function settings(sources: string, entries: readonly string[], outDir: string): object {
  return {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: sources, outDir },
    files: entries.map((name) => join(sources, `${name}.ts`)),
    include: [],
  }
}

/** What no entry mentions is nobody's business: it stays behind. */
function copyReached(entries: readonly string[], from: string, to: string): void {
  const open = entries.map((name) => `${name}.d.ts`)
  const reached = new Set(open)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const text = readFileSync(join(from, name), 'utf8')
    for (const [, , path = ''] of text.matchAll(relativeImport)) {
      const next = join(dirname(name), `${path}.d.ts`)
      if (!reached.has(next)) open.push(next)
      reached.add(next)
    }
    mkdirSync(dirname(join(to, name)), { recursive: true })
    writeFileSync(join(to, name), text.replaceAll(relativeImport, '$1$2.js$3'))
  }
}
