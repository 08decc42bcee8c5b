// Collects the names that are ours: entry kinds, SQL columns, wire fields, commands, exported identifiers.
import { closing } from './scan.ts'
import { isTest, type Source } from './sources.ts'

export interface Name {
  readonly name: string
  readonly what: 'kind' | 'column' | 'field' | 'command' | 'export'
}

const all = (text: string, expression: RegExp): string[] =>
  [...text.matchAll(expression)].map((match) => match[1] ?? '')

function columns(text: string): string[] {
  return [...text.matchAll(/CREATE (?:TEMP )?TABLE(?: IF NOT EXISTS)? ([\w.]+)\s*(?=\()/gi)].flatMap((match) => {
    const open = match.index + match[0].length
    const inner = text
      .slice(open + 1, closing(text, open) - 1)
      .replace(/--.*$/gm, '')
      .replace(/\([^()]*\)/g, '')
    const firsts = inner.split(',').map((part) => part.trim().split(/\s+/)[0] ?? '')
    return [match[1] ?? '', ...firsts].filter((name) => /^[a-z_]\w*$/.test(name))
  })
}

/** Keys of every `Object({…})` schema, nested ones included. */
function fields({ code, uncommented }: Source): string[] {
  return [...code.matchAll(/\bObject\(\s*\{/g)].flatMap((match) => {
    const open = match.index + match[0].length - 1
    return all(uncommented.slice(open, closing(code, open)), /(?:[{,]\s*|\n\s*)['"]?([A-Za-z_]\w*)['"]?\s*:/g)
  })
}

const named = (what: Name['what'], names: readonly string[]): Name[] => names.map((name) => ({ name, what }))

export function namesOf(one: Source): Name[] {
  const { path, code, uncommented } = one
  if (!/^packages\/[\w-]+\/src\//.test(path) || isTest(path)) return []
  const within = (...folders: string[]): boolean =>
    folders.some((folder) => path.startsWith(`packages/daybook/src/${folder}/`))
  return [
    ...named(
      'export',
      all(
        code,
        /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+([A-Za-z_$][\w$]*)/gm,
      ),
    ),
    ...named('column', columns(uncommented)),
    ...named('kind', within('schema') ? all(uncommented, /['"]([a-z]+\.[a-z]+(?:_[a-z]+)*)['"]/g) : []),
    ...named('field', within('schema', 'http') ? fields(one) : []),
    ...named(
      'command',
      within('cli') ? all(uncommented, /(?:\.command\(|new Command\(|\bname:)\s*['"]([a-z][\w-]*)/g) : [],
    ),
  ]
}
