// What costs nothing until a model is asked.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const source = join(import.meta.dirname, '..')
/** Prints what of the packages that ask models was loaded. */
const script = `
import { registerHooks } from 'node:module'
const seen = []
registerHooks({
  load(url, context, next) {
    seen.push(url)
    return next(url, context)
  },
})
const { openSessions } = await import(${JSON.stringify(join(source, 'index.ts'))})
const { memoryStore } = await import(${JSON.stringify(join(source, 'store/memory.ts'))})
const { openModels } = await import(${JSON.stringify(join(source, 'open-models.ts'))})
const { startWork } = await import(${JSON.stringify(join(source, 'workshop.ts'))})
const store = memoryStore()
await store.open()
const sessions = await openSessions({ store })
const models = { model: 'openai/gpt-5', key: () => 'a-key-of-a-test' }
if (openModels(models).list().length !== 1) throw new Error('the model cannot be asked')
const workshop = await startWork(sessions, 'memory:', { tenant: 'default', models })
await workshop[Symbol.asyncDispose]()
await sessions.close()
console.log(JSON.stringify(seen.filter((url) => /node_modules\\/(?:ai|@ai-sdk|ai-sdk-ollama|ollama|zod)\\//.test(url))))
`

test('opening sessions, models and the run engine loads nothing of a provider', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  assert.deepEqual(JSON.parse(stdout), [])
})
