// Floors are visible in the tree and kept by every import.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floorFaults, webFaults } from './floors.ts'
import { allSources, isSuite, isTest, source } from './sources.ts'

const at = (path: string, text: string): string[] => floorFaults(source(`packages/daybook/src/${path}`, text))

test('every file imports only lower floors, adapters only their contract, surfaces never each other', () => {
  const looked = allSources().filter(({ path }) => !isTest(path) && !isSuite(path))
  assert.deepEqual(
    looked.flatMap((one) => [...floorFaults(one), ...webFaults(one)]),
    [],
  )
})

test('the floor rules find planted violations', () => {
  const planted: readonly (readonly [string, string])[] = [
    ['store/store.ts', `import { x } from '../session/session.ts'`],
    ['store/store.ts', `import type { X } from '../session/session.ts'`],
    ['session/session.ts', `export { x } from '../work/run.ts'`],
    ['session/session.ts', `const x = await import('../store/sqlite.ts')`],
    ['store/memory.ts', `import { y } from './sqlite-lane.ts'`],
    ['store/store.ts', `import { open } from './memory.ts'`],
    ['store/redis.ts', `import a from 'ioredis'\nimport b from '@fastify/cors'`],
    ['model/openai.ts', `import { x } from '../store/store.ts'`],
    ['http/server.ts', `import { x } from '../cli/main.ts'`],
    ['schema/ids.ts', `import { createHash } from 'node:crypto'`],
    ['client/client.ts', `import type { X } from 'node:http'`],
    ['client/client.ts', `import {\n  x,\n} from '../session/session.ts'`],
    ['cli/main.ts', `import '../main.ts'`],
    ['cli/main.ts', `import '../../../../scripts/test.ts'`],
    ['newfolder/x.ts', 'export const a = 1'],
  ]
  for (const [path, text] of planted) assert.equal(at(path, text).length, 1, `${path}: ${text}`)
})

test('the floor rules allow what the layout allows', () => {
  const fine: readonly (readonly [string, string])[] = [
    ['store/sqlite/lane.ts', `import { a } from '../store.ts'\nimport { DatabaseSync } from 'node:sqlite'`],
    ['store/sqlite.ts', `import { a } from './sqlite-lane.ts'\nimport { b } from '../schema/ids.ts'`],
    ['cli/show.ts', `import { a } from '../client/client.ts'\nimport { Command } from 'commander'`],
    ['main.ts', `import { a } from './store/sqlite.ts'\nimport { b } from './http/server.ts'`],
    ['session/session.ts', `// import { x } from '../work/run.ts'\nconst text = "import '../work/run.ts'"`],
  ]
  for (const [path, text] of fine) assert.deepEqual(at(path, text), [], `${path}: ${text}`)
  const web = (text: string): string[] => webFaults(source('packages/web/src/a.ts', text))
  assert.deepEqual(web(`import { a } from 'daybook/client'`), [])
  assert.equal(web(`import { a } from 'daybook'\nimport '../../daybook/src/main.ts'`).length, 2)
  assert.equal(web(`import { join } from 'node:path'`).length, 1)
})
