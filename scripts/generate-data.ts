// Writes packages/daybook/src/schema/data.generated.ts from the TypeBox shapes in data.ts; `--check` only compares.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kindData } from '../packages/daybook/src/schema/data.ts'
import { kindNames } from '../packages/daybook/src/schema/kinds.ts'

export const generatedFile = fileURLToPath(new URL('../packages/daybook/src/schema/data.generated.ts', import.meta.url))

/** The generated module's text: one line of plain JSON Schema per kind. */
export function generate(): string {
  const rows = kindNames.map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(kindData[name])},`)
  return [
    '// Generated from data.ts by scripts/generate-data.ts: the shapes of the kinds as plain JSON Schema.',
    '',
    "import type { Schema } from './check.ts'",
    "import type { Kind } from './kinds.ts'",
    '',
    'export const dataSchemas: Readonly<Record<Kind, Schema>> = {',
    ...rows,
    '}',
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    if (readFileSync(generatedFile, 'utf8') !== generate()) {
      console.error('data.generated.ts is stale: run node scripts/generate-data.ts')
      process.exitCode = 1
    }
  } else {
    writeFileSync(generatedFile, generate())
  }
}
