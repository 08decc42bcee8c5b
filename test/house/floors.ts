// The floors of the product: which folder may import which.
import type { Import } from './imports.ts'
import { importsOf } from './imports.ts'
import type { Source } from './sources.ts'

const base = 'packages/daybook/src/'

const floors: Readonly<Record<string, number>> = {
  schema: 0,
  store: 1,
  model: 1,
  program: 1,
  channel: 1,
  kernel: 1,
  index: 1,
  text: 1,
  session: 2,
  work: 3,
  transcripts: 3,
  search: 3,
  http: 4,
  mcp: 4,
  acp: 4,
  openai: 4,
  gateway: 4,
  cli: 4,
  client: 4,
}
/** main.ts and the package's entries stand directly in src and may compose everything. */
const top = 5

/** Names (or beginnings of names, up to a dash, dot or slash) of the concrete parts in each port's folder. */
const adapters: Readonly<Record<string, readonly string[]>> = {
  store: ['memory', 'sqlite', 'postgres', 'redis'],
  model: ['openai', 'anthropic', 'google', 'deepseek', 'ollama', 'compatible'],
  program: ['headless', 'pty', 'acp'],
  transcripts: ['codex', 'gemini', 'qwen', 'opencode', 'claude', 'chatgpt'],
  channel: ['telegram', 'slack', 'teams'],
  kernel: ['docker', 'process'],
  index: ['fts', 'vec', 'pgvector', 'chroma'],
  search: ['sqlite', 'postgres'],
}

interface Place {
  readonly folder: string
  readonly floor: number
  readonly adapter: string | null
}

/** Null for a path outside the product's sources; a folder without a floor has floor NaN. */
export function place(path: string): Place | null {
  if (!path.startsWith(base)) return null
  const [folder = '', name = ''] = path.slice(base.length).split('/')
  if (!path.slice(base.length).includes('/')) return { folder: '', floor: top, adapter: null }
  const first = name.split(/[-.]/)[0] ?? ''
  return { folder, floor: floors[folder] ?? Number.NaN, adapter: adapters[folder]?.includes(first) ? first : null }
}

function crossing(from: Place, to: Place, how: Import['how']): string | null {
  if (Number.isNaN(to.floor)) return `the folder ${to.folder} has no floor`
  if (to.folder === from.folder) {
    const other = to.adapter !== null && to.adapter !== from.adapter
    return other && from.floor < top ? `${from.adapter ?? 'the port'} imports the adapter ${to.adapter}` : null
  }
  if (from.folder === 'client' && to.folder !== 'schema' && how !== 'type') return 'client imports only schema'
  if (from.folder === 'cli' && to.folder === 'client') return null
  if (from.floor === 4 && to.floor === 4) return 'surfaces never import each other'
  if (to.floor >= from.floor) return `floor ${from.floor} imports floor ${to.floor}`
  if (to.adapter !== null && from.floor < top)
    return `only the top floor composes the adapter ${to.folder}/${to.adapter}`
  if (from.floor === 1 && to.folder !== 'schema') return 'a port imports only schema'
  return null
}

function outside(from: Place, target: string): string | null {
  const fromNode = target.startsWith('node:')
  if (fromNode && (from.folder === 'schema' || from.folder === 'client')) return `${from.folder} runs in a browser`
  return null
}

/** One sentence per import that breaks a rule. Tests are not looked at: they compose what they need. */
export function floorFaults(one: Source): string[] {
  const from = place(one.path)
  if (from === null) return []
  if (Number.isNaN(from.floor)) return [`${one.path}: the folder ${from.folder} has no floor`]
  const imports = importsOf(one)
  const faults = imports.flatMap(({ target, relative, how }) => {
    const to = relative ? place(target) : null
    const fault = relative
      ? to === null
        ? 'leaves the sources of the package'
        : crossing(from, to, how)
      : outside(from, target)
    return fault === null ? [] : [`${one.path} -> ${target}: ${fault}`]
  })
  const drivers = new Set(imports.filter((each) => !each.relative && !each.target.startsWith('node:')).map(packageOf))
  if (from.adapter !== null && drivers.size > 1) {
    faults.push(`${one.path}: an adapter has one outside driver, not ${[...drivers].join(', ')}`)
  }
  return faults
}

/** The web interface talks through the client only. */
export function webFaults(one: Source): string[] {
  if (!one.path.startsWith('packages/web/src/')) return []
  return importsOf(one)
    .filter(({ target, relative }) =>
      relative ? !target.startsWith('packages/web/') : /^(?:daybook(?!\/client$)|node:)/.test(target),
    )
    .map(
      ({ target }) =>
        `${one.path} -> ${target}: the web interface runs in a browser and talks only through daybook/client`,
    )
}

function packageOf({ target }: Import): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}
