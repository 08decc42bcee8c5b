// Bundles the sources into few JavaScript files: what the library always needs stands together, what is rare stays apart.
import { join, relative, sep } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'
import { home } from './entries.ts'

const sources = join(home, 'src')

/** A module by its path below the sources, without its ending. */
function nameOf(id: string): string {
  return relative(sources, id).split(sep).join('/').replace(/\.ts$/, '')
}

/**
 * Files that many entries share, each with all that it imports itself. Every file of a start costs: the engine is one,
 * its shapes another, and the errors are apart because the client needs nothing else.
 */
const shared = [
  { name: 'errors', modules: ['schema/errors'] },
  { name: 'schema', modules: ['schema/kinds', 'schema/heads', 'schema/states', 'schema/ids', 'schema/data.generated'] },
  { name: 'engine', modules: ['session/sessions', 'session/redact'] },
]

/** Loaded by the first call of one of its functions: files are opened at once, but promised only for blobs and copies. */
const late = 'node:fs/promises'

/** What a chunk writes in place of an import from node. */
function taken(names: string, from: string): string {
  if (from !== late) return `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule("${from}");`
  const calls = names.split(', ').map((name) => {
    const [its = '', own = its] = name.split(' as ')
    return `const ${own} = (...given) => process.getBuiltinModule("${from}").${its}(...given);`
  })
  return calls.join('\n')
}

/**
 * Takes from node only the names that are used. An `import` of node:fs or node:util reads every name of it, those too that
 * load a further part of node when they are read: an eighth of the start of a process.
 */
const builtins: Plugin = {
  name: 'builtins',
  renderChunk: (code) => {
    const light = code.replace(/^import \{ ([^}]+) \} from "(node:[\w/]+)";$/gm, (_, names: string, from: string) =>
      taken(names, from),
    )
    const left = /^import .*"node:.*$/m.exec(light)
    if (left !== null) throw new Error(`an import from node in a form that the build does not know: ${left[0]}`)
    return { code: light, map: null }
  },
}

/** Writes the bundle of `entries` to `folder`; packages and what belongs to node are not contained. */
export async function bundle(entries: readonly string[], folder: string): Promise<void> {
  const build = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, join(sources, `${name}.ts`)])),
    platform: 'node',
    external: /^[^./]/,
    tsconfig: false,
    plugins: [builtins],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  await build.write({
    dir: folder,
    format: 'esm',
    // Loaded on demand: where the source stands too, so that paths beside a module hold.
    chunkFileNames: ({ facadeModuleId, isDynamicEntry }) =>
      isDynamicEntry && facadeModuleId ? `${nameOf(facadeModuleId)}.js` : 'chunks/[name].js',
    codeSplitting: {
      groups: shared.map(({ name, modules }, index) => ({
        name,
        priority: shared.length - index,
        test: (id: string) => modules.includes(nameOf(id)),
      })),
    },
  })
  await build.close()
}
